import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type LoggedRecord, type RecordBatch, recordBatches, recordsOf } from './record-batches.js'

/** What a reader of committed records sees of one partition, and what it does not. */
export interface CommittedLog {
  readonly count: number
  /** Records of transactions that were aborted. */
  readonly aborted: number
  /** Records from the first transaction on that has no end: no reader of committed records comes past it. */
  readonly hanging: number
  records(): Generator<LoggedRecord>
}

/**
 * Decides by definition which records are committed: those of no transaction, and those whose producer's next marker in
 * the partition says so.
 */
export function committedLog(segments: readonly Buffer[]): CommittedLog {
  const batches: RecordBatch[] = []
  /** Those that wait for their marker, by producer. */
  const undecided = new Map<bigint, RecordBatch[]>()
  const dropped = new Set<RecordBatch>()
  let aborted = 0
  for (const batch of segments.flatMap((segment) => [...recordBatches(segment)])) {
    if (batch.marker === null) {
      batches.push(batch)
      if (batch.transactionOf !== null) undecided.set(batch.transactionOf, [...(undecided.get(batch.transactionOf) ?? []), batch])
      continue
    }
    const ended = undecided.get(batch.transactionOf ?? -1n) ?? []
    undecided.delete(batch.transactionOf ?? -1n)
    if (batch.marker === 'commit') continue
    for (const each of ended) {
      dropped.add(each)
      aborted += each.count
    }
  }
  const lastStable = Math.min(...[...undecided.values()].map(([first]) => first?.baseOffset ?? Infinity))
  const visible = batches.filter((batch) => batch.baseOffset < lastStable && !dropped.has(batch))
  return {
    count: countOf(visible),
    aborted,
    hanging: countOf(batches.filter((batch) => batch.baseOffset >= lastStable && !dropped.has(batch))),
    *records() {
      for (const batch of visible) yield* recordsOf(batch)
    },
  }
}

/** The logs of a topic's partitions in a broker's data directory, in order. */
export async function topicLogs(dataDirectory: string, topic: string, partitions: number): Promise<CommittedLog[]> {
  const logs: CommittedLog[] = []
  for (let partition = 0; partition < partitions; partition++) {
    const directory = join(dataDirectory, `${topic}-${partition}`)
    const files = (await readdir(directory)).filter((file) => file.endsWith('.log')).toSorted()
    logs.push(committedLog(await Promise.all(files.map((file) => readFile(join(directory, file))))))
  }
  return logs
}

const countOf = (batches: readonly RecordBatch[]): number => batches.reduce((sum, { count }) => sum + count, 0)
