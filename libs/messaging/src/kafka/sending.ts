import type { RecordToSend } from './ports.js'

/** What a batch holds at the most: brokers refuse more than 1 MiB for one partition, unless they were told otherwise. */
const batch = { records: 5_000, bytes: 900_000 }
/** What is sent together at the most: a batch for each of a few partitions. More would only keep the first waiting. */
const group = { records: 20_000, bytes: 4_000_000 }

/** Whether records may be sent together. */
export function fits(records: number, bytes: number): boolean {
  return records <= group.records && bytes <= group.bytes
}

/** One call of `send`, until it is answered. */
export class Sending {
  readonly answer: Promise<void>
  readonly bytes: number
  /** Answers the call: with null, it is done. */
  readonly settle: (error: unknown) => void
  #answered = false

  constructor(
    readonly records: readonly RecordToSend[],
    signal?: AbortSignal,
  ) {
    this.bytes = records.reduce((sum, record) => sum + sizeOf(record), 0)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.answer = promise
    const drop = () => this.settle(signal?.reason)
    this.settle = (error) => {
      signal?.removeEventListener('abort', drop)
      this.#answered = true
      if (error === null) resolve()
      else reject(error)
    }
    if (signal?.aborted) drop()
    else signal?.addEventListener('abort', drop, { once: true })
  }

  /** Whether nobody waits for it any more. */
  get answered(): boolean {
    return this.#answered
  }
}

/** The records of a partition in batches, in order; one that fits into none travels alone. */
export function chunksOf(records: readonly RecordToSend[]): RecordToSend[][] {
  const chunks: RecordToSend[][] = []
  let chunk: RecordToSend[] = []
  let bytes = 0
  for (const record of records) {
    bytes += sizeOf(record)
    if (chunk.length === batch.records || (chunk.length > 0 && bytes > batch.bytes)) {
      chunks.push(chunk)
      chunk = []
      bytes = sizeOf(record)
    }
    chunk.push(record)
  }
  if (chunk.length > 0) chunks.push(chunk)
  return chunks
}

/** About the bytes of a record in a request. */
function sizeOf({ key, value, headers }: RecordToSend): number {
  let bytes = 30 + (key?.length ?? 0) + (value?.length ?? 0)
  for (const name in headers) bytes += 4 + name.length + (headers[name]?.length ?? 0)
  return bytes
}
