import { type IncidentCode, type IncidentEvent, type OpenIncident, percent, span, type ToldIncident } from './incident.js'
import { NewErrors } from './new-errors.js'
import type { Observation } from './observation.js'
import { type Excess, Series, type SeriesState, type Trouble } from './series.js'
import { Silence } from './silence.js'

/** Routes of a service that are told apart; requests of others are counted together. */
const maxRoutes = 200
const otherRoutes = 'other routes'

/** An incident is over after so many seconds, and requests, of which no more are bad than chance gives; where few come, after the longest time. */
const calm = { shortest: 20, longest: 120 }
const calmRequests = 30
/** What nobody asks for any more is no incident after so many seconds; while there is one, nothing of the service is learned. */
const forgottenSeconds = 1_800
/** Routes that have incidents of their own, and this share of the bad requests, explain the rest. */
const mostOf = 0.8
/** Requests of other routes that tell whether those work. */
const fewestOthers = 5
/** From this share on nearly nobody gets an answer. */
const outage = 0.7

const codes: Readonly<Record<Trouble, IncidentCode>> = { failing: 'LOG_ERROR_RATE', slow: 'LOG_LATENCY' }
const troubles = ['failing', 'slow'] as const

/** What was learned of a service. */
export interface ServiceState {
  readonly all: SeriesState
  readonly routes: Readonly<Record<string, SeriesState>>
  readonly errors?: readonly (readonly string[])[]
}

/** Watches one service and its routes, by the time of its log. */
export class ServiceWatch {
  private readonly all = new Series()
  private readonly routes = new Map<string, Series>()
  private readonly open = new Map<string, OpenIncident>()
  private readonly silence = new Silence()
  private readonly errors = new NewErrors()
  private second = 0
  private isTainted = false

  constructor(private readonly service: string) {}

  /** The second up to which the log was seen, since the Unix epoch. */
  get now(): number {
    return this.second
  }

  observe({ at, request, error }: Observation): IncidentEvent[] {
    const second = Math.floor(at / 1000)
    const events = this.advance(second)
    if (error !== undefined) this.errors.add(error, second)
    if (request === undefined) return events
    this.silence.add(second)
    const route = this.routeOf(request.route)
    const series = this.series(route)
    const trouble = series.add(second, request)
    this.all.add(second, request, trouble === 'slow')
    if (trouble !== undefined) this.judge(trouble, route, series, events)
    return events
  }

  /** Time passes, be there a log or not. @param second since the Unix epoch; one that has passed does nothing */
  advance(second: number): IncidentEvent[] {
    if (second <= this.second) return []
    this.second = second
    this.all.roll(second)
    const events: IncidentEvent[] = []
    for (const incident of this.open.values()) {
      const trouble = troubles.find((one) => codes[one] === incident.code)
      if (trouble !== undefined) this.follow(incident, trouble, events)
    }
    this.listen(events)
    for (const { template, sample, count, isOpen } of this.errors.changes(second)) {
      if (isOpen) this.begin('LOG_NEW_ERROR', template, 'warning', count, `a new error was logged ${count} times: ${sample}`, events)
      else this.end('LOG_NEW_ERROR', template, count, events)
    }
    return events
  }

  /** What is usual, for who starts after this one; what is wrong now is not in it. */
  state(): ServiceState {
    const errors = this.errors.state()
    return { all: this.all.state(), routes: Object.fromEntries([...this.routes].map(([route, series]) => [route, series.state()])), ...(errors !== undefined && { errors }) }
  }

  /** Goes on with an incident that was told before; its end is told as that of any other. */
  reopen({ code, subject, severity, count, openedAt }: ToldIncident): void {
    this.open.set(key(code, subject), { code, subject, severity, openedAt, count, calmSince: undefined, quietSince: undefined })
    if (code === 'LOG_SILENCE') this.silence.reopen(count)
    else if (code === 'LOG_NEW_ERROR') this.errors.reopen(subject ?? '', count)
    else if (subject !== null) this.series(this.routeOf(subject))
    this.taint()
  }

  restore({ all, routes, errors }: ServiceState): void {
    this.all.restore(all)
    for (const [route, state] of Object.entries(routes)) this.series(this.routeOf(route)).restore(state)
    if (errors !== undefined) this.errors.restore(errors)
  }

  private routeOf(route: string): string {
    return this.routes.has(route) || this.routes.size < maxRoutes ? route : otherRoutes
  }

  private series(route: string): Series {
    const known = this.routes.get(route)
    if (known !== undefined) return known
    const made = new Series()
    made.taint(this.isTainted)
    this.routes.set(route, made)
    return made
  }

  /** A bad request came: whether it is one too many, of its route or of the service. */
  private judge(trouble: Trouble, route: string, series: Series, events: IncidentEvent[]): void {
    const code = codes[trouble]
    const [ofService, ofRoute] = [this.open.get(key(code, null)), this.open.get(key(code, route))]
    if (ofService !== undefined) ofService.count++
    if (ofRoute !== undefined) ofRoute.count++
    if (ofService !== undefined) return
    const whole = this.all.excess(trouble, this.second)
    if (whole !== undefined && !this.isOfRoute(trouble, series, whole)) {
      if (this.hasCauseAmongRoutes(code, trouble, whole)) return
      this.beginExcess(code, null, trouble, this.all, whole, events)
      return
    }
    if (ofRoute !== undefined) return
    const part = series.excess(trouble, this.second)
    if (part !== undefined) this.beginExcess(code, route, trouble, series, part, events)
  }

  /** Whether the requests of all other routes are as they should be; where there are hardly any, nobody can tell, and it is the service's. */
  private isOfRoute(trouble: Trouble, series: Series, { seconds, bad, total }: Excess): boolean {
    const route = series.countIn(trouble, seconds, this.second)
    const others = total - series.countIn('all', seconds, this.second)
    return others >= fewestOthers && (bad - route) / others < (bad / total) / 2
  }

  /** Whether routes that are said to have failed are the cause of nearly all of it. */
  private hasCauseAmongRoutes(code: IncidentCode, trouble: Trouble, { seconds, bad }: Excess): boolean {
    let known = 0
    for (const [route, series] of this.routes) if (this.open.has(key(code, route))) known += series.countIn(trouble, seconds, this.second)
    return known >= mostOf * bad
  }

  private beginExcess(code: IncidentCode, subject: string | null, trouble: Trouble, series: Series, { seconds, bad, total, usual, slowerThanMs }: Excess, events: IncidentEvent[]): void {
    const share = bad / total
    const what = trouble === 'failing' ? 'failed' : slowerThanMs === undefined ? 'took more than twice as long as nearly all usually do' : `took longer than ${Math.round(slowerThanMs)} ms`
    const usually = usual === undefined ? '' : `, usually ${percent(usual)}`
    const severity = subject === null && share >= outage && trouble === 'failing' ? 'critical' : 'warning'
    this.begin(code, subject, severity, bad, `${bad} of ${total} requests within ${seconds} s ${what} (${percent(share)}${usually}), such as ${series.samples[trouble]}`, events)
  }

  private follow(incident: OpenIncident, trouble: Trouble, events: IncidentEvent[]): void {
    const { code, subject } = incident
    const series = subject === null ? this.all : this.routes.get(subject)
    const isCalm = series === undefined || series.isCalm(trouble, this.second)
    if (isCalm === false) {
      incident.calmSince = undefined
      incident.quietSince = undefined
      if (series !== undefined) this.escalate(incident, trouble, series, events)
      return
    }
    // No request says neither that it goes on nor that it is over: until nobody remembers.
    if (isCalm === undefined && incident.calmSince === undefined) {
      incident.quietSince ??= this.second
      if (this.second - incident.quietSince >= forgottenSeconds) this.end(code, subject, incident.count, events)
      return
    }
    incident.quietSince = undefined
    incident.calmSince ??= this.second
    const seconds = this.second - incident.calmSince
    const requests = series?.countIn('all', seconds, this.second) ?? calmRequests
    if (seconds >= calm.longest || (seconds >= calm.shortest && requests >= calmRequests)) this.end(code, subject, incident.count, events)
  }

  /** What looked like a part of the service at first may be all of it. */
  private escalate(incident: OpenIncident, trouble: Trouble, series: Series, events: IncidentEvent[]): void {
    if (incident.severity === 'critical' || incident.subject !== null || trouble !== 'failing') return
    const excess = series.excess(trouble, this.second)
    if (excess === undefined || excess.bad / excess.total < outage) return
    const { count } = incident
    this.beginExcess(incident.code, null, trouble, series, excess, events)
    const worse = this.open.get(key(incident.code, null))
    if (worse !== undefined) worse.count = count
  }

  private listen(events: IncidentEvent[]): void {
    const { change, seconds, missing } = this.silence.at(this.second, this.all.usually())
    if (change === 'began') this.begin('LOG_SILENCE', null, 'critical', missing, `no request for ${span(seconds * 1000)}, where about ${missing} are usual`, events)
    else if (change === 'ended') this.end('LOG_SILENCE', null, missing, events)
  }

  private begin(code: IncidentCode, subject: string | null, severity: 'warning' | 'critical', count: number, evidence: string, events: IncidentEvent[]): void {
    const at = this.second * 1000
    // What grows worse is open already, and began when it began.
    const openedAt = this.open.get(key(code, subject))?.openedAt ?? at
    this.open.set(key(code, subject), { code, subject, severity, openedAt, count, calmSince: undefined, quietSince: undefined })
    this.taint()
    events.push({ state: 'opened', service: this.service, code, subject, severity, count, at, openedAt, summary: `${this.named(subject)}: ${evidence}` })
  }

  private end(code: IncidentCode, subject: string | null, count: number, events: IncidentEvent[]): void {
    const incident = this.open.get(key(code, subject))
    if (incident === undefined) return
    this.open.delete(key(code, subject))
    this.taint()
    this.settle(code, subject)
    const at = this.second * 1000
    events.push({ state: 'resolved', service: this.service, code, subject, severity: 'info', count: Math.max(1, count), at, openedAt: incident.openedAt, summary: `Resolved: ${this.named(subject)} is as usual again, after ${span(at - incident.openedAt)}` })
  }

  /** What the incident was about must not open the next one. */
  private settle(code: IncidentCode, subject: string | null): void {
    const trouble = troubles.find((one) => codes[one] === code)
    if (trouble === undefined) return
    this.all.settle(trouble, this.second)
    for (const [route, series] of this.routes) if (subject === null || route === subject) series.settle(trouble, this.second)
  }

  private named(subject: string | null): string {
    return subject === null ? this.service : `${this.service}, ${subject}`
  }

  /** Nothing is learned of the service while it has an incident, nor of its routes. */
  private taint(): void {
    this.isTainted = [...this.open.values()].some(({ code }) => code !== 'LOG_NEW_ERROR')
    this.all.taint(this.isTainted)
    for (const series of this.routes.values()) series.taint(this.isTainted)
  }
}

function key(code: IncidentCode, subject: string | null): string {
  return `${code} ${subject ?? ''}`
}
