const hoursOfWeek = 168
/** Minutes of an hour of the week, of the day, or of any, that make a baseline. */
const enough = { week: 30, day: 60, any: 120 }
/** What a week ago counts against now. */
const fading = 0.7

/** A baseline for a file: hour of the week, minutes, requests, failures, and the hour since the epoch it was last added to. */
export type BaselineState = readonly (readonly [slot: number, minutes: number, requests: number, failures: number, hour: number])[]

/** What is usual: requests a minute, and the share of those that fail. */
export interface Usual {
  readonly perMinute: number
  readonly failing: number
}

interface Slot {
  minutes: number
  requests: number
  failures: number
  /** Hour since the epoch in which it was last added to. */
  hour: number
}

const empty = (): Slot => ({ minutes: 0, requests: 0, failures: 0, hour: -1 })

/**
 * What a service or route usually does at an hour of the week, learned from whole minutes; while that hour was not seen
 * for long enough, what it does at that hour of any day, and else at any hour. Earlier weeks fade.
 */
export class Baseline {
  private readonly slots: (Slot | undefined)[] = []

  /** @param minute since the epoch, a whole one that has passed */
  learn(minute: number, requests: number, failures: number): void {
    const hour = Math.floor(minute / 60)
    const slot = (this.slots[hour % hoursOfWeek] ??= empty())
    if (slot.hour !== hour && slot.hour >= 0) {
      slot.minutes *= fading
      slot.requests *= fading
      slot.failures *= fading
    }
    slot.hour = hour
    slot.minutes++
    slot.requests += requests
    slot.failures += failures
  }

  state(): BaselineState {
    const rounded = (number: number) => Math.round(number * 100) / 100
    return this.slots.flatMap((slot, i) => (slot === undefined ? [] : [[i, rounded(slot.minutes), rounded(slot.requests), rounded(slot.failures), slot.hour] as const]))
  }

  restore(state: BaselineState): void {
    for (const [slot, minutes, requests, failures, hour] of state) if (slot >= 0 && slot < hoursOfWeek) this.slots[slot] = { minutes, requests, failures, hour }
  }

  /** What is usual at a minute; undefined as long as too little was seen. */
  at(minute: number): Usual | undefined {
    const hour = Math.floor(minute / 60)
    const week = this.slots[hour % hoursOfWeek]
    if (week !== undefined && week.minutes >= enough.week && week.hour !== hour) return usual([week])
    const sameHour = this.slots.filter((slot, i): slot is Slot => slot !== undefined && i % 24 === hour % 24)
    const ofDay = sum(sameHour)
    if (ofDay.minutes >= enough.day && sameHour.length > 1) return usual(sameHour)
    const all = this.slots.filter((slot) => slot !== undefined)
    return sum(all).minutes >= enough.any ? usual(all) : undefined
  }
}

function sum(slots: readonly Slot[]): { minutes: number; requests: number; failures: number } {
  const total = { minutes: 0, requests: 0, failures: 0 }
  for (const { minutes, requests, failures } of slots) {
    total.minutes += minutes
    total.requests += requests
    total.failures += failures
  }
  return total
}

function usual(slots: readonly Slot[]): Usual {
  const { minutes, requests, failures } = sum(slots)
  return { perMinute: requests / minutes, failing: requests === 0 ? 0 : failures / requests }
}
