import type { Topic } from '@swipestream/contracts'
import type { KafkaRecord, Reader } from '../../kafka/ports.js'
import type { Schemas } from '../../schemas.js'
import type { Outcome } from '../command.js'
import { type Content, contentOf, headersOf } from '../record-content.js'
import { plain } from '../text.js'
import { type Filter, select } from './filter.js'
import { letterOf } from './letter.js'
import { DeadLetters } from './letters.js'
import { masked, piiOfKey } from './mask.js'
import { iso } from './text.js'
import type { DeadLetterPlace } from './topic.js'

export interface ShowOptions {
  readonly filter: Filter
  readonly namespace: string
  /** Leaves out what was redriven. */
  readonly open: boolean
  readonly reveal: boolean
}

/** @throws MessagingError; ContractError REGISTRY_UNAVAILABLE, REGISTRY_REFUSED */
export async function show(reader: Reader, schemas: Schemas, { topic, at }: DeadLetterPlace, { filter, namespace, open, reveal }: ShowOptions): Promise<Outcome> {
  const found = new DeadLetters(reader, at)
  await found.read()
  const { chosen, matching } = select(found, filter, { namespace, again: !open })
  const letters: Shown[] = []
  for await (const record of found.records(chosen.map(({ offset }) => offset))) {
    const redriven = (found.redrives.get(Number(record.offset)) ?? []).map(({ at: when, ...rest }) => ({ at: iso(when), ...rest }))
    letters.push({ ...describe(record, topic, reveal), redriven, ...(await contentOf(record, topic, schemas, reveal)) })
  }
  const more = matching - letters.length
  const lines = letters.length === 0 ? [`${at.topic}: no such letter`] : letters.flatMap(linesOf)
  if (more > 0) lines.push(`and ${more} more: --limit ${matching} shows all`)
  if (letters.length > 0 && !reveal) lines.push('Personal data is masked: --reveal shows it.')
  return { lines, json: { topic: at.topic, matching, letters, broken: [] } }
}

type Shown = ReturnType<typeof describe> & Content & { readonly redriven: readonly { readonly at: string; readonly by: string; readonly edited: readonly string[] }[] }

function describe(record: KafkaRecord, topic: Topic<unknown>, reveal: boolean) {
  const letter = letterOf(record)
  if (!letter) throw new Error(`the record at ${record.offset} is no dead letter`)
  const original = Object.fromEntries(Object.entries(record.headers).filter(([name]) => !name.startsWith('dlq-')))
  const pii = reveal ? undefined : piiOfKey(topic)
  return {
    offset: Number(record.offset),
    from: { topic: letter.topic, partition: letter.partition, offset: letter.offset, at: iso(letter.timestamp) },
    code: letter.code,
    reason: letter.reason,
    group: letter.consumer_group,
    attempts: letter.attempts,
    failedAt: iso(letter.failed_at),
    redriveCount: letter.redriveCount,
    key: record.key === null || pii === undefined ? (record.key?.toString('utf8') ?? null) : masked(pii),
    headers: headersOf(original, reveal),
  }
}

function linesOf(letter: Shown): string[] {
  const { offset, code, failedAt, group, attempts, from, reason, key, headers, redriveCount, redriven } = letter
  const texts = Object.entries(headers).map(([name, value]) => `${name}=${value}`)
  return [
    `${offset}  ${code}, given up ${failedAt} by ${group} after ${attempts} attempt(s)`,
    `  why      ${reason}`,
    `  from     ${from.topic}/${from.partition} at ${from.offset}, of ${from.at}`,
    `  key      ${key ?? 'none'}`,
    ...contentLines(letter),
    `  headers  ${texts.join(' ')}`,
    ...(redriveCount > 0 ? [`  before   it had been redriven ${redriveCount} time(s) when it was given up`] : []),
    ...redriven.map(({ at, by, edited }) => `  redriven ${at} by ${by}${edited.length > 0 ? `, edited: ${edited.join(', ')}` : ''}`),
  ].map(plain)
}

function contentLines(content: Content): string[] {
  if ('undecodable' in content) {
    const { undecodable, bytes, base64 } = content
    return [`  value    cannot be decoded (${undecodable.code}): ${undecodable.message}`, `  base64   ${base64} (${bytes} bytes)`]
  }
  return [content.value === null ? '  value    none: a tombstone' : `  value    ${JSON.stringify(content.value)}${'schemaId' in content ? `, schema ${content.schemaId}` : ''}`]
}
