/**
 * What keeps a consumer from parts of its work. One part that goes well says nothing about another: with the group's
 * coordinator away, records may still come from the other brokers.
 */
export class Troubles {
  readonly #tell: (trouble: Error | null) => void
  /** By the part of the work; null: not yet begun. */
  readonly #troubles: Map<string, Error | null>
  #told: Error | null | undefined

  /**
   * @param tell called with one of the troubles when that changes, and with null when there is none.
   * @param begins the part without which nothing is well: until it was done once, null is not told. Without one, all is well at first.
   */
  constructor(tell: (trouble: Error | null) => void, begins?: string) {
    this.#tell = tell
    this.#troubles = new Map(begins === undefined ? [] : [[begins, null]])
  }

  set(part: string, trouble: Error): void {
    this.#troubles.set(part, trouble)
    this.#tellChange()
  }

  clear(part: string): void {
    if (this.#troubles.delete(part)) this.#tellChange()
  }

  #tellChange(): void {
    const trouble = [...this.#troubles.values()].find((each) => each !== null) ?? null
    if (trouble === null && this.#troubles.size > 0) return
    if (trouble === this.#told || (trouble && trouble.message === this.#told?.message)) return
    this.#told = trouble
    this.#tell(trouble)
  }
}
