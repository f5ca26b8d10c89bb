/** Seconds that are remembered one by one. */
export const ringSeconds = 300

/** Counts of the last minutes, by the second of the events' own time. */
export class SecondRing {
  /** Made for the first event: most routes have no failure in days. */
  private counts: Uint32Array | undefined
  private last = 0

  /** Counts an event; one that is older than the ring is not counted. */
  add(second: number, count = 1): void {
    this.advance(second)
    if (second <= this.last - ringSeconds) return
    this.counts ??= new Uint32Array(ringSeconds)
    this.counts[second % ringSeconds] = (this.counts[second % ringSeconds] ?? 0) + count
  }

  /** The sum of the last seconds, up to and with `now`. */
  sum(seconds: number, now: number): number {
    this.advance(now)
    if (this.counts === undefined) return 0
    let sum = 0
    for (let second = now; second > now - Math.min(seconds, ringSeconds); second--) if (second > this.last - ringSeconds && second >= 0) sum += this.counts[second % ringSeconds] ?? 0
    return sum
  }

  private advance(second: number): void {
    if (second <= this.last) return
    const { counts } = this
    if (counts !== undefined && second - this.last >= ringSeconds) counts.fill(0)
    else if (counts !== undefined) for (let passed = this.last + 1; passed <= second; passed++) counts[passed % ringSeconds] = 0
    this.last = second
  }
}
