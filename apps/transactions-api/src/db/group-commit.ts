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
 */
export class GroupCommit<Item, Outcome> {
  readonly #waiting: Waiting<Item, Outcome>[] = []
  #inFlight = 0
  #scheduled = false

  /**
   * @param write writes all items or none, and tells what became of each, in their order.
   * @param isOfItems whether its error is one of the items' own, so that each is to be written by itself.
   */
  constructor(
    private readonly write: (items: readonly Item[]) => Promise<readonly Outcome[]>,
    private readonly isOfItems: (error: unknown) => boolean,
    private readonly limits: GroupLimits,
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
      this.#inFlight++
      void this.#settle(this.#waiting.splice(0, this.limits.size)).then(() => {
        this.#inFlight--
        this.#schedule()
      })
      this.#schedule()
    })
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
