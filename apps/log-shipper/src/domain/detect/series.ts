import { Baseline, type BaselineState, type Usual } from './baseline.js'
import { LatencyProfile, type LatencyState } from './latency-profile.js'
import { SecondRing } from './second-ring.js'
import { certain, logTailAbove } from './unlikely.js'

/** Windows, in seconds, in which failures are counted: an outage shows in the shortest, a part that fails or a route that few use in the longer ones. */
const windows = [10, 60, 300] as const
/** Fewer failures wake nobody. */
const fewest = 5

/** As long as nobody knows what is usual: this share of requests must fail, or take longer than so many milliseconds. */
const withoutBaseline = { failing: 0.2, ms: 5_000 }
/** With a baseline: this share must fail, and so many times as many as usual; more than so many must take twice as long as 95 of 100 usually do. */
const withBaseline = { failing: 0.05, times: 3, slow: 0.3, slowTimes: 2 }
/** Shares that are expected at the least: what chance gives is measured against them. */
const floor = { failing: 0.005, unknown: 0.01, slow: 0.02 }
/** Faster than this nothing is slow, whatever is usual. Milliseconds. */
const fast = 50

/** Seconds in which no more may be bad than chance gives, for an incident to be over. */
const calmWindow = 15
const notSurprising = Math.log(0.03)

/** Requests in a window that are too many to be chance. */
export interface Excess {
  readonly seconds: number
  readonly bad: number
  readonly total: number
  /** The share that is usual; undefined when nobody knows yet. */
  readonly usual: number | undefined
  /** Of slow requests of a route: from how many milliseconds on they are. */
  readonly slowerThanMs?: number
}

/** What a series has learned. */
export interface SeriesState {
  readonly baseline: BaselineState
  readonly latency: LatencyState
}

export type Trouble = 'failing' | 'slow'

/** The requests of a service, or of one of its routes: what comes, and what is usual. */
export class Series {
  private readonly baseline = new Baseline()
  /** A failing request, and a slow one, as they were logged. */
  readonly samples: Record<Trouble, string> = { failing: '', slow: '' }
  private readonly latency = new LatencyProfile()
  private readonly total = new SecondRing()
  private readonly timed = new SecondRing()
  private readonly bad: Readonly<Record<Trouble, SecondRing>> = { failing: new SecondRing(), slow: new SecondRing() }
  private readonly settled: Record<Trouble, number> = { failing: 0, slow: 0 }
  private minute = -1
  private requests = 0
  private failures = 0
  private tainted = false
  private usual: Usual | undefined
  private slowMs = withoutBaseline.ms
  private hasSlowBaseline = false

  /**
   * Counts a request.
   *
   * @param slow whether it is slow for its route, where that is known already: a service has fast routes and slow ones
   * @returns what is bad of it
   */
  add(second: number, request: { readonly failed: boolean; readonly ms: number | undefined; readonly sample: string }, slow?: boolean): Trouble | undefined {
    this.roll(second)
    this.requests++
    this.total.add(second)
    if (request.ms !== undefined) this.timed.add(second)
    if (request.failed) {
      this.failures++
      this.bad.failing.add(second)
      this.samples.failing = request.sample
      return 'failing'
    }
    if (request.ms === undefined) return undefined
    if (slow === undefined && !this.tainted) this.latency.learn(Math.floor(second / 3600), request.ms)
    if (!(slow ?? request.ms > this.slowMs)) return undefined
    this.bad.slow.add(second)
    this.samples.slow = request.sample
    return 'slow'
  }

  /** Learns the minutes that have passed; to be called each second or each request. */
  roll(second: number): void {
    const minute = Math.floor(second / 60)
    if (minute <= this.minute) return
    if (this.minute >= 0) {
      if (!this.tainted) this.baseline.learn(this.minute, this.requests, this.failures)
      // Minutes without a request; after a week nobody remembers what was usual.
      for (let quiet = Math.max(this.minute + 1, minute - 10_080); quiet < minute; quiet++) if (!this.tainted) this.baseline.learn(quiet, 0, 0)
    }
    this.minute = minute
    this.requests = 0
    this.failures = 0
    this.usual = this.baseline.at(minute)
    const p95 = this.latency.p95(Math.floor(minute / 60))
    this.hasSlowBaseline = p95 !== undefined
    this.slowMs = p95 === undefined ? withoutBaseline.ms : Math.max(fast, p95 * withBaseline.slowTimes)
  }

  /** Nothing is learned while something is wrong: what is wrong must not become usual. */
  taint(isTainted: boolean): void {
    this.tainted = isTainted
  }

  state(): SeriesState {
    return { baseline: this.baseline.state(), latency: this.latency.state() }
  }

  restore({ baseline, latency }: SeriesState): void {
    this.baseline.restore(baseline)
    this.latency.restore(latency)
  }

  /** What was bad up to now is known, and is not counted again. */
  settle(trouble: Trouble, second: number): void {
    this.settled[trouble] = second
  }

  /** What is usual in this minute. */
  usually(): Usual | undefined {
    return this.usual
  }

  /** More of a trouble than chance gives, in the shortest window that shows it. */
  excess(trouble: Trouble, second: number): Excess | undefined {
    for (const seconds of windows) {
      const { bad, total, expected, share, usual } = this.counted(trouble, seconds, second)
      if (bad < fewest || bad < share * total || logTailAbove(bad, expected) > certain) continue
      return { seconds, bad, total, usual, ...(trouble === 'slow' && this.hasSlowBaseline && { slowerThanMs: this.slowMs }) }
    }
    return undefined
  }

  /** Whether no more of the requests are bad than chance gives; undefined when none comes. */
  isCalm(trouble: Trouble, second: number): boolean | undefined {
    const { bad, total, expected, share } = this.counted(trouble, calmWindow, second)
    if (total === 0) return undefined
    return bad <= 1 ? bad < total : bad < share * total && logTailAbove(bad, expected) > notSurprising
  }

  /** Requests of the last seconds, as far as the ring goes. */
  countIn(which: Trouble | 'all', seconds: number, second: number): number {
    return (which === 'all' ? this.total : this.bad[which]).sum(seconds, second)
  }

  private counted(trouble: Trouble, longest: number, second: number): { bad: number; total: number; expected: number; share: number; usual: number | undefined } {
    const seconds = Math.min(longest, second - this.settled[trouble])
    const bad = this.bad[trouble].sum(seconds, second)
    if (trouble === 'slow') {
      const total = this.timed.sum(seconds, second)
      return { bad, total, expected: total * floor.slow, share: withBaseline.slow, usual: undefined }
    }
    const total = this.total.sum(seconds, second)
    const usual = this.usual?.failing
    if (usual === undefined) return { bad, total, expected: total * floor.unknown, share: withoutBaseline.failing, usual }
    return { bad, total, expected: total * Math.max(floor.failing, usual * 1.5), share: Math.max(withBaseline.failing, usual * withBaseline.times), usual }
  }
}
