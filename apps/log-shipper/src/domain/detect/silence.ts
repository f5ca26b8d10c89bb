import type { Usual } from './baseline.js'

/** So many requests must be missing: a Poisson process is silent for so long once in e^30 times, and real traffic comes in bursts. */
const fewestMissing = 30
/** No shorter silence is one. Seconds: with a baseline, and without one. */
const shortest = { usual: 30, unknown: 60 }
/** Requests that end a silence. */
const enough = 3
/** What the last minutes count, as long as there is no baseline. */
const weight = 0.2

export interface Heard {
  readonly change: 'began' | 'ended' | undefined
  /** Since the last request. */
  readonly seconds: number
  /** Requests that would have come. */
  readonly missing: number
}

/** Whether a service is silent: no request, where many are usual. */
export class Silence {
  private last = 0
  private minute = -1
  private requests = 0
  /** Requests a minute of late; undefined before ten minutes were heard. */
  private lately = 0
  private minutes = 0
  private isOpen = false
  private missing = 0
  private since = 0

  add(second: number): void {
    const minute = Math.floor(second / 60)
    if (minute !== this.minute) {
      if (this.minute >= 0) {
        this.lately = this.minutes === 0 ? this.requests : this.lately * (1 - weight) + this.requests * weight
        this.minutes++
      }
      this.minute = minute
      this.requests = 0
    }
    this.requests++
    this.last = Math.max(this.last, second)
    if (this.isOpen) this.since++
  }

  /** Goes on with a silence that was told before. */
  reopen(missing: number): void {
    this.isOpen = true
    this.since = 0
    this.missing = missing
  }

  at(second: number, usual: Usual | undefined): Heard {
    const seconds = second - this.last
    if (this.isOpen) {
      if (this.since < enough) return { change: undefined, seconds, missing: this.missing }
      this.isOpen = false
      return { change: 'ended', seconds, missing: this.missing }
    }
    // What is usual at this hour may be more than what comes today: the lower one is believed.
    const lately = this.minutes >= 10 ? this.lately : undefined
    const perMinute = usual === undefined ? (lately ?? 0) : Math.min(usual.perMinute, lately ?? usual.perMinute)
    const missing = Math.floor((perMinute / 60) * seconds)
    if (this.last === 0 || seconds < (usual === undefined ? shortest.unknown : shortest.usual) || missing < fewestMissing) return { change: undefined, seconds, missing }
    this.isOpen = true
    this.since = 0
    this.missing = missing
    return { change: 'began', seconds, missing }
  }
}
