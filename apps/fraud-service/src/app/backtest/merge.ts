/** One of the sequences that are merged, whose items come in its own order. */
export interface Lane<T> {
  /** Its items, some at a time, none of the batches empty. */
  readonly batches: AsyncIterable<readonly T[]>
  /** Where an item stands among those of other lanes. */
  timeOf(item: T): number
}

type Fetched<T> = { readonly done: boolean; readonly batch: readonly T[] } | { readonly error: unknown }

/**
 * Merges lanes into one sequence: always the item whose time is the least of those at the heads comes next; of equal
 * ones that of the earlier lane. The order within a lane stays as it is. Memory: two batches a lane, the one that is read
 * and the one that is fetched meanwhile.
 *
 * @throws what reading a lane throws
 */
export async function* merged<T>(lanes: readonly Lane<T>[]): AsyncGenerator<T> {
  const cursors = lanes.map((lane) => new Cursor(lane))
  try {
    for (const cursor of cursors) cursor.fetch()
    for (const cursor of cursors) await cursor.next()
    for (;;) {
      let first: Cursor<T> | undefined
      for (const cursor of cursors) if (cursor.head !== undefined && (first === undefined || cursor.time < first.time)) first = cursor
      if (first === undefined || first.head === undefined) return
      yield first.head
      const fetching = first.step()
      if (fetching !== undefined) await fetching
    }
  } finally {
    await Promise.allSettled(cursors.map((cursor) => cursor.close()))
  }
}

class Cursor<T> {
  head: T | undefined
  time = 0
  readonly #iterator: AsyncIterator<readonly T[]>
  readonly #timeOf: (item: T) => number
  #batch: readonly T[] = []
  #place = 0
  #fetched: Promise<Fetched<T>> | undefined

  constructor({ batches, timeOf }: Lane<T>) {
    this.#iterator = batches[Symbol.asyncIterator]()
    this.#timeOf = timeOf
  }

  /** Begins to fetch the next batch. What fails is told when it is taken. */
  fetch(): void {
    this.#fetched = this.#iterator.next().then(({ done, value }) => ({ done: done === true, batch: done === true ? [] : value }), (error: unknown) => ({ error }))
  }

  /** Takes the next item; a promise when it must be waited for. */
  step(): Promise<void> | undefined {
    this.#place++
    if (this.#place === this.#batch.length) return this.next()
    this.#show()
    return undefined
  }

  async next(): Promise<void> {
    const fetched = await this.#fetched
    if (fetched === undefined) return
    if ('error' in fetched) throw fetched.error
    if (fetched.done) {
      this.head = undefined
      return
    }
    this.fetch()
    this.#batch = fetched.batch
    this.#place = 0
    this.#show()
  }

  /** Gives up what was not read. */
  async close(): Promise<void> {
    await this.#fetched
    await this.#iterator.return?.()
  }

  #show(): void {
    this.head = this.#batch[this.#place]
    if (this.head !== undefined) this.time = this.#timeOf(this.head)
  }
}
