import type { IncidentEvent, ToldIncident } from './incident.js'
import type { Observation } from './observation.js'
import { type ServiceState, ServiceWatch } from './service-watch.js'

/** Services that are watched. */
const maxServices = 100
/** A log that is further behind the clock is read after the fact: the clock says nothing of its silence. Milliseconds. */
const liveMs = 60_000
/** What a log may be ahead of the clock. Milliseconds. */
const aheadMs = 5_000
/** How far behind the clock a live log may be without being silent. Milliseconds. */
const delayMs = 5_000

/** What was learned of every service, as plain values. */
export type DetectorState = Readonly<Record<string, ServiceState>>

interface Watched {
  readonly watch: ServiceWatch
  isLive: boolean
  /** When it got an incident of before this process began, as long as no entry has come. Milliseconds since the Unix epoch. */
  reopenedAt: number | undefined
}

/**
 * Finds failures in what services log: each by its own time, as it comes. Memory is bounded by the number of services
 * and routes, not by what they log.
 */
export class Detector {
  private readonly services = new Map<string, Watched>()

  /** @param now milliseconds since the Unix epoch: an entry that is ahead of it is taken for one of now */
  observe(observation: Observation, now: number): IncidentEvent[] {
    const watched = this.watched(observation.service)
    if (watched === undefined) return []
    const at = Math.min(observation.at, now + aheadMs)
    watched.isLive = now - at < liveMs
    watched.reopenedAt = undefined
    return watched.watch.observe(at === observation.at ? observation : { ...observation, at })
  }

  /** Time passes. To be called about once a second. */
  tick(now: number): IncidentEvent[] {
    const second = Math.floor((now - delayMs) / 1000)
    // Nothing more is logged: the incident is over when it is forgotten, and for that time must pass.
    for (const watched of this.services.values()) if (watched.reopenedAt !== undefined && now - watched.reopenedAt > liveMs) Object.assign(watched, { isLive: true, reopenedAt: undefined })
    return [...this.services.values()].flatMap(({ watch, isLive }) => (isLive ? watch.advance(second) : []))
  }

  state(): DetectorState {
    return Object.fromEntries([...this.services].map(([service, { watch }]) => [service, watch.state()]))
  }

  restore(state: DetectorState): void {
    for (const [service, learned] of Object.entries(state)) this.watched(service)?.watch.restore(learned)
  }

  /** Goes on with an incident that was told before this process began. */
  reopen(incident: ToldIncident, now: number): void {
    const watched = this.watched(incident.service)
    if (watched === undefined) return
    watched.reopenedAt = now
    watched.watch.reopen(incident)
  }

  get serviceCount(): number {
    return this.services.size
  }

  private watched(service: string): Watched | undefined {
    const known = this.services.get(service)
    if (known !== undefined) return known
    if (this.services.size >= maxServices) return undefined
    const made = { watch: new ServiceWatch(service), isLive: false, reopenedAt: undefined }
    this.services.set(service, made)
    return made
  }
}
