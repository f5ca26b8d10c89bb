import { type AvroSchema, decoder, type Topic } from '@swipestream/contracts'
import { bulkRecord } from '../bulk-records.js'
import { deadLetters, inputs, outputs, partitions, tallies } from '../contracts.js'
import { type CommittedLog, topicLogs } from './committed-log.js'
import type { Verdict } from './ledger.js'
import { Oracle, type Pipeline } from './oracle.js'
import type { LoggedRecord } from './record-batches.js'

export interface Judgement {
  readonly verdicts: Record<Pipeline, Verdict>
  /** Records of aborted transactions, which nobody may have seen. */
  readonly aborted: Readonly<Record<'inputs' | 'outputs' | 'state', number>>
  /** Records behind a transaction that nobody has ended. */
  readonly hanging: number
  readonly deadLetters: number
  /** Offsets of the inputs, by partition. */
  readonly offsets: readonly (readonly number[])[]
}

export interface Owed {
  readonly seed: number
  readonly bulkRecords: number
  readonly entries: readonly { readonly key: string; readonly sequence: number; readonly value: number }[]
}

/** Holds what is in the broker's log against what was owed. */
export async function judge(data: string, { seed, bulkRecords, entries }: Owed): Promise<Judgement> {
  const oracle = new Oracle()
  for (let n = 0; n < bulkRecords; n++) oracle.owed(bulkRecord(seed, n))
  for (const entry of entries) oracle.owed(entry)

  const of = { inputs: await topicLogs(data, inputs.name, partitions), outputs: await topicLogs(data, outputs.name, partitions), state: await topicLogs(data, tallies.name, partitions) }
  const offsets: number[][] = []
  eachRecord(of.inputs, (record, partition) => {
    const { key, sequence, value } = valueOf(inputs, record)
    oracle.input({ key, sequence, value }, { partition, offset: record.offset })
    ;(offsets[partition] ??= []).push(record.offset)
  })
  eachRecord(of.outputs, (record, partition) => oracle.output(valueOf(outputs, record), { partition, offset: record.offset }))
  eachRecord(of.state, (record, partition) =>
    oracle.stored(record.key?.toString() ?? '', record.value === null ? null : valueOf(tallies, record), { partition, offset: record.offset }))

  const [letters] = await topicLogs(data, deadLetters.name, 1)
  const aborted = (logs: readonly CommittedLog[]) => logs.reduce((sum, log) => sum + log.aborted, 0)
  return {
    verdicts: oracle.verdicts(),
    aborted: { inputs: aborted(of.inputs), outputs: aborted(of.outputs), state: aborted(of.state) },
    hanging: [...of.inputs, ...of.outputs, ...of.state].reduce((sum, { hanging }) => sum + hanging, 0),
    deadLetters: letters?.count ?? 0,
    offsets: Array.from({ length: partitions }, (_, partition) => offsets[partition] ?? []),
  }
}

function eachRecord(logs: readonly CommittedLog[], take: (record: LoggedRecord, partition: number) => void): void {
  for (const [partition, log] of logs.entries()) for (const record of log.records()) take(record, partition)
}

const decoders = new Map<string, ReturnType<typeof decoder<unknown>>>()

/** All schemas of the run are of their first version. */
function valueOf<T>(topic: Topic<T>, { value }: LoggedRecord): T {
  if (value === null) throw new Error(`${topic.name} has a record without a value`)
  let known = decoders.get(topic.name)
  if (!known) decoders.set(topic.name, (known = decoder<unknown>(topic.schema)))
  return known.decode(value, (): AvroSchema => topic.schema) as T
}
