/** A batch that is in the warehouse, as the loader's log tells of it. */
export interface LoadedBatch {
  /** Without the namespace. */
  readonly topic: string
  /** When its transaction had been committed, milliseconds since the Unix epoch. */
  readonly at: number
  readonly records: number
  /** Where the topic's partitions stand from then on. */
  readonly next: ReadonlyMap<number, number>
}

/** @param log lines of `etl load` at level debug, perhaps among others */
export function loadedBatches(log: string): LoadedBatch[] {
  // The last line may be on its way.
  return log.slice(0, log.lastIndexOf('\n') + 1).split('\n').flatMap((line) => {
    if (!line.includes('"a batch is loaded"')) return []
    const { time, topic, records, next, target } = JSON.parse(line) as { time: string; topic: string; records: number; next: Readonly<Record<string, number>>; target: string }
    if (target !== 'warehouse') return []
    return [{ topic, at: Date.parse(time), records, next: new Map(Object.entries(next).map(([partition, offset]) => [Number(partition), offset])) }]
  })
}
