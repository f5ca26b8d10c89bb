import { type Topic, topics } from '@swipestream/contracts'
import { MessagingError } from '../errors.js'
import type { KafkaRecord, Reader } from '../kafka/ports.js'
import type { Schemas } from '../schemas.js'
import { type Outcome, UsageError } from './command.js'
import { masked, piiOfKey } from './dlq/mask.js'
import { contentOf, headersOf } from './record-content.js'
import { plain } from './text.js'

export interface ReadOptions {
  readonly namespace: string
  /** Those of this key only. */
  readonly key?: string
  /** The first ones from a time on, in milliseconds since the Unix epoch; without it the newest ones. */
  readonly from?: number
  readonly max: number
  /** Shows personal data, too. */
  readonly reveal: boolean
}

/**
 * Committed records of a topic, in the order in which they came, read outside of any group.
 *
 * @throws MessagingError KAFKA_TOPIC_MISSING, KAFKA_UNAVAILABLE, KAFKA_REFUSED; ContractError REGISTRY_UNAVAILABLE, REGISTRY_REFUSED
 */
export async function read(reader: Reader, schemas: Schemas, topic: Topic<unknown>, options: ReadOptions): Promise<Outcome> {
  const name = options.namespace + topic.name
  const records = await chosen(reader, name, options)
  const told: Told[] = []
  for (const record of records) told.push(await tell(record, topic, schemas, options.reveal))
  const lines = told.length === 0 ? [`${name}: no such record`] : told.flatMap(linesOf)
  if (told.length > 0 && !options.reveal) lines.push('Personal data is masked: --reveal shows it.')
  return { lines, json: { topic: name, records: told, broken: [] } }
}

/** @throws UsageError for a name that is none */
export function topicNamed(name: string, namespace: string): Topic<unknown> {
  const topic = topics.find((candidate) => name === candidate.name || name === namespace + candidate.name)
  if (!topic) throw new UsageError(`no such topic: ${name}; there are ${topics.map((candidate) => candidate.name).join(', ')}`)
  return topic
}

async function chosen(reader: Reader, name: string, { key, from, max }: ReadOptions): Promise<KafkaRecord[]> {
  const bounds = await reader.bounds(name)
  if (bounds.length === 0) throw new MessagingError('KAFKA_TOPIC_MISSING', `There is no ${name}. Create the topics: npm run topics -- create`)
  const starts = from === undefined ? undefined : await reader.offsetsAt(name, from)
  const wanted = (record: KafkaRecord): boolean => key === undefined || record.key?.toString('utf8') === key
  const found: KafkaRecord[] = []
  for (const [partition, { first, end }] of bounds.entries()) {
    const place = { topic: name, partition }
    if (starts) found.push(...(await firstOf(reader.read(place, starts[partition] ?? first, end), wanted, max)))
    // Where the newest of a key are is not known: all of its partition is looked through, and no more than `max` are kept.
    else if (key !== undefined) found.push(...(await lastOf(reader.read(place, first, end), wanted, max)))
    else found.push(...(await newest(reader, { ...place, first, end }, max)))
  }
  const inOrder = found.sort((one, other) => one.timestamp - other.timestamp || one.partition - other.partition || Number(one.offset - other.offset))
  return starts ? inOrder.slice(0, max) : inOrder.slice(-max)
}

/** Offsets without a record (ends of transactions, what was compacted away) make it look further back than `max`. */
async function newest(reader: Reader, { topic, partition, first, end }: { topic: string; partition: number; first: bigint; end: bigint }, max: number): Promise<KafkaRecord[]> {
  for (let back = BigInt(max) * 2n; ; back *= 4n) {
    const from = end - back > first ? end - back : first
    const found = await lastOf(reader.read({ topic, partition }, from, end), () => true, max)
    if (found.length === max || from === first) return found
  }
}

async function firstOf(batches: AsyncIterable<readonly KafkaRecord[]>, wanted: (record: KafkaRecord) => boolean, max: number): Promise<KafkaRecord[]> {
  const found: KafkaRecord[] = []
  for await (const batch of batches) {
    found.push(...batch.filter(wanted))
    if (found.length >= max) break
  }
  return found.slice(0, max)
}

async function lastOf(batches: AsyncIterable<readonly KafkaRecord[]>, wanted: (record: KafkaRecord) => boolean, max: number): Promise<KafkaRecord[]> {
  let found: KafkaRecord[] = []
  for await (const batch of batches) found = [...found, ...batch.filter(wanted)].slice(-max)
  return found
}

type Told = Awaited<ReturnType<typeof tell>>

async function tell(record: KafkaRecord, topic: Topic<unknown>, schemas: Schemas, reveal: boolean) {
  const pii = reveal ? undefined : piiOfKey(topic)
  const key = record.key?.toString('utf8') ?? null
  return {
    partition: record.partition,
    offset: Number(record.offset),
    at: new Date(record.timestamp).toISOString(),
    key: key === null || pii === undefined ? key : masked(pii),
    headers: headersOf(record.headers, reveal),
    ...(await contentOf(record, topic, schemas, reveal)),
  }
}

function linesOf(record: Told): string[] {
  const { partition, offset, at, key, headers } = record
  const texts = Object.entries(headers).map(([name, value]) => `${name}=${value}`)
  return [`${partition}/${offset}  ${at}`, `  key      ${key ?? 'none'}`, `  headers  ${texts.join(' ')}`, `  value    ${valueOf(record)}`].map(plain)
}

function valueOf(record: Told): string {
  if ('undecodable' in record) return `cannot be decoded (${record.undecodable.code}): ${record.undecodable.message}`
  return record.value === null ? 'none: a tombstone' : JSON.stringify(record.value)
}
