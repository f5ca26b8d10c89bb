/**
 * Lets works of one name go one after the other, in the order in which they were asked for; others go at once. It holds
 * nothing of works that are done.
 */
export class InTurn {
  readonly #last = new Map<string, Promise<unknown>>()

  /** @param work begins when all of that name before it have ended, however they did. */
  run<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(name)
    const mine = before === undefined ? work() : before.then(work, work)
    this.#last.set(name, mine)
    const leave = (): void => {
      if (this.#last.get(name) === mine) this.#last.delete(name)
    }
    mine.then(leave, leave)
    return mine
  }
}
