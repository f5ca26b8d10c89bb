import { setTimeout as delay } from 'node:timers/promises'

const tellEveryMs = 1_000

/** Keeps a rate, and tells how far it is. */
export class Pace {
  readonly #started = performance.now()
  #told = this.#started
  #count = 0

  /** @param rate things a second at most @param progress told about every second */
  constructor(
    private readonly total: number,
    private readonly rate: number,
    private readonly progress: (line: string) => void,
  ) {}

  /** Resolves when the next may begin. @param count how many were done since the last call */
  async done(count: number): Promise<void> {
    this.#count += count
    const now = performance.now()
    const elapsed = now - this.#started
    const open = this.total - this.#count
    const wait = open > 0 ? this.#started + (this.#count * 1_000) / this.rate - now : 0
    if (now - this.#told >= tellEveryMs && open > 0) {
      const perThing = Math.max(elapsed / this.#count, 1_000 / this.rate)
      this.progress(`${this.#count} of ${this.total}, about ${Math.ceil((open * perThing) / 1_000)} s left`)
      this.#told = now
    }
    if (wait > 0) await delay(wait)
  }
}
