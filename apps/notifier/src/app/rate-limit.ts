/** Claims a second at most, while messages wait: each takes what came free since the last. */
const claimsPerSecond = 10

/**
 * How many messages may be handed over: a token bucket. It fills with `perSecond`, and holds a tenth of that, one at
 * least: so in any second there are at most a tenth, or one, more than `perSecond`. It looks at no clock; the time is
 * given, in milliseconds of any clock that never goes back.
 *
 * A worker claims `min(room, available(now))`, takes what it got, and sleeps `nextInMs(now)` when nothing was free.
 */
export class RateLimit {
  readonly #perMs: number
  readonly #holds: number
  #tokens: number
  #filledAt = -Infinity

  /** @param perSecond 0: no limit; below 1: one in so many seconds, as 0.5 is one in two */
  constructor(perSecond: number) {
    this.#perMs = perSecond / 1_000
    this.#holds = Math.max(1, perSecond / claimsPerSecond)
    this.#tokens = this.#holds
  }

  /** How many may be handed over now: a whole number, or Infinity. */
  available(now: number): number {
    if (this.#perMs === 0) return Infinity
    this.#fill(now)
    return Math.max(0, Math.floor(this.#tokens + tiny))
  }

  /** So many are handed over. More than were available is made up for later. */
  take(count: number): void {
    if (this.#perMs > 0) this.#tokens -= count
  }

  /** How long until one more may be handed over, in whole milliseconds; 0 when it may be now. */
  nextInMs(now: number): number {
    if (this.available(now) > 0) return 0
    return Math.ceil((1 - this.#tokens) / this.#perMs - tiny)
  }

  #fill(now: number): void {
    if (now <= this.#filledAt) return
    this.#tokens = Math.min(this.#holds, this.#tokens + (now - this.#filledAt) * this.#perMs)
    this.#filledAt = now
  }
}

/** A sum of parts of a message is a whole one before it looks like one. */
const tiny = 1e-6
