import { setTimeout as delay } from 'node:timers/promises'

/** How often it is looked, and how long nothing may come, in milliseconds. */
const lookMs = 20
const quietMs = 5_000

interface Journey {
  readonly counts: boolean
  begunAt?: number
  endedAt?: number
}

/** What was sent and has not come out, by id, and how long the others took. Times are of one clock, in milliseconds. */
export class UnderWay {
  readonly #open = new Map<string, Journey>()
  #latencies: number[] = []

  get size(): number {
    return this.#open.size
  }

  /** Is about to be sent. @param counts whether its latency does */
  sent(id: string, counts: boolean): void {
    this.#open.set(id, { counts })
  }

  /** From here on it is under way. Heard after its end, it took no time that could be measured. */
  begun(id: string, at: number): void {
    const journey = this.#open.get(id)
    if (journey === undefined) return
    journey.begunAt = at
    this.#close(id, journey)
  }

  /** It came out. What was not sent is of no interest. */
  ended(id: string, at: number): void {
    const journey = this.#open.get(id)
    if (journey === undefined) return
    journey.endedAt = at
    this.#close(id, journey)
  }

  /**
   * Waits until all have come out, or none for five seconds more. Latencies of those that count, since the last call,
   * and how many are lost: these are of no interest any more.
   */
  async taken(): Promise<{ readonly latencies: number[]; readonly lost: number }> {
    for (let [left, quiet] = [this.size, 0]; this.size > 0 && quiet < quietMs; quiet += lookMs) {
      await delay(lookMs)
      if (this.size < left) [left, quiet] = [this.size, 0]
    }
    const taken = { latencies: this.#latencies, lost: this.size }
    this.#latencies = []
    this.#open.clear()
    return taken
  }

  #close(id: string, { counts, begunAt, endedAt }: Journey): void {
    if (begunAt === undefined || endedAt === undefined) return
    this.#open.delete(id)
    if (counts) this.#latencies.push(Math.max(0, endedAt - begunAt))
  }
}
