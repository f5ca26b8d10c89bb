import { type DeadLetter, deadLetterTopic } from '@swipestream/contracts'
import { type KafkaRecord, nameOf, type RecordToSend } from '../../kafka/ports.js'

/** Headers of a record that was redriven: it bears them on its topic, and in a new letter when it is given up again. */
export const redriveHeaders = { from: 'redriven-from', at: 'redriven-at', by: 'redriven-by', count: 'redrive-count', edited: 'redriven-edited' } as const
/** Header of a record of a dead-letter topic that says which letter, by its offset there, was redriven. */
const markerHeader = 'redriven'
/** Header of a record of a dead-letter topic that says that a redrive has begun, under this id. */
const beginHeader = 'redrive-begun'

/** That a letter was redriven: when (milliseconds since the Unix epoch), by whom, and which fields were edited before. */
export interface Redrive {
  readonly at: number
  readonly by: string
  readonly edited: readonly string[]
}

/** What a dead letter's headers say. */
export interface Letter extends DeadLetter {
  /** How often the record had been redriven when it was given up. */
  readonly redriveCount: number
}

/** What a record of a dead-letter topic says about the record given up; null: it is no dead letter of that topic. */
export function letterOf({ topic: dlq, headers }: KafkaRecord): Letter | null {
  const text = (name: string) => headers[`dlq-${name}`]?.toString('utf8')
  const number = (name: string) => numberOf(headers[`dlq-${name}`])
  const [reason, code, topic, group] = ['reason', 'code', 'topic', 'consumer-group'].map(text)
  const [partition, offset, timestamp, attempts, failedAt] = ['partition', 'offset', 'timestamp', 'attempts', 'failed-at'].map(number)
  if (reason === undefined || code === undefined || topic === undefined || group === undefined) return null
  if (partition === undefined || offset === undefined || attempts === undefined || !isTime(timestamp) || !isTime(failedAt)) return null
  // A record from elsewhere must not choose where it goes.
  if (deadLetterTopic(topic) !== dlq) return null
  const redriveCount = numberOf(headers[redriveHeaders.count]) ?? 0
  return { reason, code, topic, partition, offset, timestamp, consumer_group: group, attempts, failed_at: failedAt, redriveCount }
}

/** Which letter a marker says was redriven, and how; null: the record is no marker. */
export function markerOf({ headers }: KafkaRecord): (Redrive & { readonly letter: number }) | null {
  const letter = numberOf(headers[markerHeader])
  const at = numberOf(headers[redriveHeaders.at])
  if (letter === undefined || !isTime(at) || headers['dlq-topic'] !== undefined) return null
  return { letter, at, by: headers[redriveHeaders.by]?.toString('utf8') ?? '', edited: listOf(headers[redriveHeaders.edited]) }
}

/** The id of the redrive that a record says has begun; null: it says nothing of the kind. */
export function begunBy({ headers }: KafkaRecord): string | null {
  return headers['dlq-topic'] === undefined ? (headers[beginHeader]?.toString('utf8') ?? null) : null
}

/** The record that says that a redrive has begun. */
export function beginRecord(dlq: string, id: string, { at, by }: Redrive): RecordToSend {
  return { topic: dlq, partition: 0, key: null, value: null, headers: { [beginHeader]: id, [redriveHeaders.at]: String(at), [redriveHeaders.by]: by } }
}

/** The record that says that a letter was redriven. */
export function markerRecord({ topic, partition, offset }: KafkaRecord, redrive: Redrive): RecordToSend {
  return { topic, partition, key: Buffer.from(String(offset)), value: null, headers: { [markerHeader]: String(offset), ...marks(redrive) } }
}

/**
 * The original record again: its topic, key, headers and, unless it was edited, bytes, marked as redriven. The key's
 * hash chooses the partition, as it did at first; without a key it is the same one.
 *
 * @param count how often the record has been redriven with this
 */
export function redrivenRecord(record: KafkaRecord, letter: Letter, value: Buffer | null, redrive: Redrive, count: number): RecordToSend {
  const original = Object.entries(record.headers).filter(([name]) => !name.startsWith('dlq-'))
  // What was edited in an earlier redrive still is.
  const edited = [...new Set([...listOf(record.headers[redriveHeaders.edited]), ...redrive.edited])]
  return {
    topic: letter.topic,
    ...(record.key === null ? { partition: letter.partition } : {}),
    key: record.key,
    value,
    headers: {
      ...Object.fromEntries(original),
      ...marks({ ...redrive, edited }),
      [redriveHeaders.from]: `${nameOf(record)}/${record.offset}`,
      [redriveHeaders.count]: String(count),
    },
  }
}

function marks({ at, by, edited }: Redrive): Record<string, string> {
  return { [redriveHeaders.at]: String(at), [redriveHeaders.by]: by, ...(edited.length > 0 ? { [redriveHeaders.edited]: edited.join(',') } : {}) }
}

function listOf(header: Buffer | undefined): string[] {
  return header?.toString('utf8').split(',') ?? []
}

function numberOf(header: Buffer | undefined): number | undefined {
  const text = header?.toString('utf8') ?? ''
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

/** Whether it is a time that a Date can hold. */
function isTime(ms: number | undefined): ms is number {
  return ms !== undefined && ms <= 8.64e15
}
