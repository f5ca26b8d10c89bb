import type { Observation } from '../observation.js'
import { Random } from './random.js'

/** What is wrong for a while, and must be found. */
export type IncidentKind = 'outage' | 'partial' | 'route' | 'slow' | 'silence' | 'new-error'
/** What looks like it, and must not wake anybody. */
export type DecoyKind = 'spike' | 'blip' | 'not-found' | 'batch'

export interface Label {
  readonly kind: IncidentKind
  /** Seconds since the Unix epoch. */
  readonly from: number
  readonly to: number
}

export interface TrafficOptions {
  readonly seed: number
  readonly days: number
  /** Requests a second at the busiest hour. */
  readonly peak: number
}

const incidents: readonly IncidentKind[] = ['outage', 'partial', 'route', 'slow', 'silence', 'new-error']
const decoys: readonly DecoyKind[] = ['spike', 'blip', 'not-found', 'batch']

/** Of a shop: share of the requests, usual share of failures, usual milliseconds. One of them often fails. */
const routes = [
  { path: 'GET /v1/items/{id}', share: 0.35, failing: 0.001, ms: 20 },
  { path: 'GET /v1/items', share: 0.2, failing: 0.001, ms: 40 },
  { path: 'POST /v1/orders', share: 0.15, failing: 0.002, ms: 120 },
  { path: 'GET /v1/orders/{id}', share: 0.12, failing: 0.001, ms: 30 },
  { path: 'POST /v1/logins', share: 0.08, failing: 0.001, ms: 200 },
  { path: 'GET /v1/search', share: 0.06, failing: 0.02, ms: 300 },
  { path: 'GET /*.css', share: 0.04, failing: 0, ms: 2 },
] as const

/** The route that fails in an incident of one route. */
const failing = 'POST /v1/orders'

const daySeconds = 86_400
/** The first incidents come before there is a baseline. */
const firstAt = 1_800
const between = { fewest: 5_400, most: 14_400 }

interface Phase {
  readonly kind: IncidentKind | DecoyKind
  readonly from: number
  readonly to: number
}

/** Requests of a service over days, with incidents and decoys; the same for the same options. */
export class Traffic {
  /** A Monday. */
  readonly begin = Date.UTC(2026, 0, 5) / 1000
  readonly end: number
  readonly labels: readonly Label[]
  private readonly random: Random
  private readonly phases: readonly Phase[]

  constructor(private readonly options: TrafficOptions) {
    this.random = new Random(options.seed)
    this.end = this.begin + options.days * daySeconds
    this.phases = this.planned()
    this.labels = this.phases.filter((phase): phase is Label => (incidents as readonly string[]).includes(phase.kind))
  }

  /** What is logged, in order; calls `second` before those of each second, also of one without any. */
  *observations(second: (now: number) => void): Generator<Observation> {
    let next = 0
    for (let now = this.begin; now < this.end; now++) {
      second(now)
      while ((this.phases[next]?.to ?? Number.POSITIVE_INFINITY) <= now) next++
      const phase = this.phases[next]
      const kind = phase !== undefined && phase.from <= now ? phase.kind : undefined
      const rate = this.rateAt(now) * (kind === 'spike' ? 3 : kind === 'not-found' ? 2 : kind === 'silence' ? 0 : 1)
      const count = this.random.poisson(rate)
      for (let i = 0; i < count; i++) yield this.request(now * 1000 + Math.floor((i * 1000) / count), kind)
      // An error of a kind that is logged every now and then, and one that is new.
      if (this.random.next() < 0.002) yield { service: 'shop', at: now * 1000, error: `payment ${Math.floor(this.random.next() * 1e6)} was declined by the bank` }
      if (kind === 'new-error' && this.random.next() < 0.2) yield { service: 'shop', at: now * 1000, error: `${newErrorOf(phase?.from ?? 0)} ${Math.floor(this.random.next() * 1e6)}` }
    }
  }

  private request(at: number, kind: Phase['kind'] | undefined): Observation {
    let at01 = this.random.next()
    const route = routes.find(({ share }) => (at01 -= share) < 0) ?? routes[0]
    const share = kind === 'outage' ? 0.98 : kind === 'partial' ? 0.25 : kind === 'route' && route.path === failing ? 0.8 : kind === 'blip' ? 0.3 : route.failing
    const failed = this.random.next() < share
    const slower = kind === 'slow' ? 6 : kind === 'batch' && this.random.next() < 0.05 ? 8 : 1
    const ms = route.ms * Math.exp(this.random.normal() * 0.5) * slower
    return { service: 'shop', at, request: { route: route.path, failed, ms, sample: `${failed ? 503 : 200} ${route.path}` } }
  }

  /** Busy at noon and quiet at night, quieter at the end of the week. */
  private rateAt(second: number): number {
    const day = Math.floor((second - this.begin) / daySeconds) % 7
    const hour = ((second - this.begin) % daySeconds) / 3600
    const ofDay = 0.2 + 0.8 * Math.max(0, Math.sin(((hour - 6) / 18) * Math.PI)) ** 1.5
    return this.options.peak * ofDay * (day >= 5 ? 0.6 : 1)
  }

  private planned(): Phase[] {
    const phases: Phase[] = []
    let from = this.begin + firstAt
    for (let i = 0; ; i++) {
      const kind = i % 2 === 0 ? incidents[(i / 2) % incidents.length] : decoys[((i - 1) / 2) % decoys.length]
      const seconds = kind === 'blip' ? 2 : 180 + Math.floor(this.random.next() * 720)
      if (kind === undefined || from + seconds > this.end) return phases
      phases.push({ kind, from, to: from + seconds })
      from += seconds + between.fewest + Math.floor(this.random.next() * (between.most - between.fewest))
    }
  }
}

/** A message of words that no other incident has. */
function newErrorOf(seed: number): string {
  const random = new Random(seed)
  const word = () => Array.from({ length: 6 }, () => String.fromCharCode(97 + Math.floor(random.next() * 26))).join('')
  return Array.from({ length: 6 }, word).join(' ')
}
