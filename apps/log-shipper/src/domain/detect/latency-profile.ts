/** Bounds of buckets grow by a fifth, from 0.1 ms to above an hour. */
const growth = Math.log(1.2)
const buckets = 96
const smallest = 0.1
/** Requests of an hour of the day, or of any, that make a profile. */
const enough = 500
/** What a day ago counts against now. */
const fading = 0.8

/** A profile for a file: hour of the day, the hour since the epoch it was last added to, and its buckets. */
export type LatencyState = readonly (readonly [slot: number, hour: number, buckets: readonly number[]])[]

/** How long requests usually take, by the hour of the day. Earlier days fade. */
export class LatencyProfile {
  private readonly hours: (Float32Array | undefined)[] = []
  private readonly lastHour: number[] = []

  /** @param hour since the epoch */
  learn(hour: number, ms: number): void {
    const slot = hour % 24
    const histogram = (this.hours[slot] ??= new Float32Array(buckets))
    if (this.lastHour[slot] !== undefined && this.lastHour[slot] !== hour) for (let i = 0; i < buckets; i++) histogram[i] = (histogram[i] ?? 0) * fading
    this.lastHour[slot] = hour
    const bucket = bucketOf(ms)
    histogram[bucket] = (histogram[bucket] ?? 0) + 1
  }

  state(): LatencyState {
    return this.hours.flatMap((histogram, slot) => (histogram === undefined ? [] : [[slot, this.lastHour[slot] ?? -1, [...histogram].map((count) => Math.round(count * 10) / 10)] as const]))
  }

  restore(state: LatencyState): void {
    for (const [slot, hour, counts] of state) {
      if (slot < 0 || slot >= 24 || counts.length !== buckets) continue
      this.hours[slot] = Float32Array.from(counts)
      this.lastHour[slot] = hour
    }
  }

  /** Milliseconds that 95 of 100 requests take at the most; undefined as long as too few were seen. */
  p95(hour: number): number | undefined {
    const ofHour = this.hours[hour % 24]
    const isOld = this.lastHour[hour % 24] !== hour
    return (ofHour !== undefined && isOld ? quantile([ofHour]) : undefined) ?? quantile(this.hours.filter((one) => one !== undefined))
  }
}

function bucketOf(ms: number): number {
  return ms <= smallest ? 0 : Math.min(buckets - 1, Math.ceil(Math.log(ms / smallest) / growth))
}

function quantile(histograms: readonly Float32Array[]): number | undefined {
  const sums = new Float64Array(buckets)
  let total = 0
  for (const histogram of histograms) {
    for (let i = 0; i < buckets; i++) {
      sums[i] = (sums[i] ?? 0) + (histogram[i] ?? 0)
      total += histogram[i] ?? 0
    }
  }
  if (total < enough) return undefined
  let below = 0
  for (let i = 0; i < buckets; i++) {
    below += sums[i] ?? 0
    if (below >= 0.95 * total) return smallest * Math.exp(growth * i)
  }
  return undefined
}
