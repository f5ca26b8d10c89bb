export interface GroupLimits {
  /** Items of one group at most. */
  readonly size: number
  /** Groups that are written at a time. */
  readonly inFlight: number
  /** Items that may wait for their group: more are not taken, so that memory is bounded. */
  readonly waiting: number
}

interface Waiting<Item, Outcome> {
  readonly item: Item
  readonly resolve: (outcome: Outcome) => void
  readonly reject: (error: unknown) => void
}

/**
 * Lets items that come while others are being written share the next write, and so its round trip, its commit and its
 * flush to disk. Nobody waits for company: an item that comes when there is room is written at once, alone if it must.
 * Items about one thing are written in the order in which they came, in one group or in groups that follow each other.
 */
export class GroupCommit<Item, Outcome> {
  #waiting: Waiting<Item, Outcome>[] = []
  /** What the items are about that are being written. */
  readonly #writing = new Set<string>()
  #inFlight = 0
  #scheduled = false

  /**
   * @param write writes all items or none, and tells what became of each, in their order.
   * @param isOfItems whether its error is one of the items' own, so that each is to be written by itself.
   * @param about what an item is about; left out where no order matters.
   */
  constructor(
    private readonly write: (items: readonly Item[]) => Promise<readonly Outcome[]>,
    private readonly isOfItems: (error: unknown) => boolean,
    private readonly limits: GroupLimits,
    private readonly about?: (item: Item) => string,
  ) {}

  /** No more items are taken for now. */
  get isFull(): boolean {
    return this.#waiting.length >= this.limits.waiting
  }

  /** Resolves when the item is committed. What fails is this item's own fault, or it is nobody's. */
  add(item: Item): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject })
      this.#schedule()
    })
  }

  /** After what came in the same turn of the event loop, which is one group then. */
  #schedule(): void {
    if (this.#scheduled || this.#inFlight >= this.limits.inFlight || this.#waiting.length === 0) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      const group = this.#next()
      // All that wait, wait for those that are being written.
      if (group.length === 0) return
      const things = new Set(this.about && group.map(({ item }) => this.about?.(item) ?? ''))
      for (const thing of things) this.#writing.add(thing)
      this.#inFlight++
      void this.#settle(group).then(() => {
        this.#inFlight--
        for (const thing of things) this.#writing.delete(thing)
        this.#schedule()
      })
      this.#schedule()
    })
  }

  /** Those that waited longest, but for items about what is being written: another group could overtake that. */
  #next(): Waiting<Item, Outcome>[] {
    const { about } = this
    if (about === undefined || this.#writing.size === 0) return this.#waiting.splice(0, this.limits.size)
    const group: Waiting<Item, Outcome>[] = []
    const left: Waiting<Item, Outcome>[] = []
    for (const each of this.#waiting) (group.length < this.limits.size && !this.#writing.has(about(each.item)) ? group : left).push(each)
    this.#waiting = left
    return group
  }

  /** Never rejects. */
  async #settle(group: readonly Waiting<Item, Outcome>[]): Promise<void> {
    try {
      const outcomes = await this.write(group.map(({ item }) => item))
      if (outcomes.length !== group.length) throw new TypeError(`${group.length} items were written, with ${outcomes.length} outcomes`)
      for (const [i, { resolve }] of group.entries()) resolve(outcomes[i] as Outcome)
    } catch (error) {
      if (group.length === 1 || !this.isOfItems(error)) for (const { reject } of group) reject(error)
      else for (const each of group) await this.#settle([each])
    }
  }
}
