import { type LogLine, type OpsAlert, opsAlerts, uuidv7 } from '@swipestream/contracts'
import type { BatchContext, Outgoing, Received } from '@swipestream/messaging'
import { counter } from '@swipestream/platform'
import { Detector, type DetectorState } from '../../domain/detect/detector.js'
import type { IncidentEvent } from '../../domain/detect/incident.js'
import { keyOf, openIncidents } from '../../domain/detect/open-incidents.js'
import { observationOf } from '../../domain/detect/observation.js'
import { parseEntry } from '../../domain/parse/parse-entry.js'
import type { Zone } from '../../domain/parse/zone.js'

/** What began so long ago is learned from, and told to nobody: whoever was awake has seen it. Milliseconds. */
const staleMs = 15 * 60_000

const incidents = counter({ name: 'log_incidents_total', help: 'Incidents that were found in logs, told to the people on call or not', labels: ['code', 'state', 'told'] as const })

/** Finds failures in the log entries of all services, and tells the people on call when one begins and when it is over. */
export class WatchLogs {
  private readonly detector = new Detector()
  /** Incidents that were told, of which the end must be told too. */
  private readonly told = new Set<string>()
  private readonly done = new Map<number, { signal: AbortSignal; offset: number }>()
  private pending: Outgoing[] = []

  /**
   * @param publish must have published all of them when it resolves
   * @param now the clock, milliseconds since the Unix epoch
   */
  constructor(
    private readonly publish: (events: readonly Outgoing[]) => Promise<void>,
    private readonly zone: Zone,
    private readonly now: () => number = Date.now,
  ) {}

  /** Looks at a batch. What could not be told is told with the next one, which is why a batch that comes again is not counted again. */
  async run(batch: readonly Received<LogLine>[], { partition, signal }: Pick<BatchContext, 'partition' | 'signal'>): Promise<void> {
    const now = this.now()
    const known = this.done.get(partition)
    const after = known?.signal === signal ? known.offset : -1
    let offset = after
    for (const { value, origin } of batch) {
      if (origin.offset <= after) continue
      offset = origin.offset
      const { message, path, offset: begin, format, truncated, service, read_at } = value
      const { document, reason } = parseEntry({ message, path, offset: begin, format, truncated }, { zone: this.zone, now: read_at })
      const observation = reason === undefined ? observationOf(document, service) : undefined
      if (observation !== undefined) this.tell(this.detector.observe(observation, now), now)
    }
    this.done.set(partition, { signal, offset })
    await this.flush()
  }

  /** Time passes, which is how silence is noticed. */
  async tick(): Promise<void> {
    const now = this.now()
    this.tell(this.detector.tick(now), now)
    await this.flush()
  }

  /** What was learned, for who starts after this one. */
  state(): DetectorState {
    return this.detector.state()
  }

  restore(state: DetectorState): void {
    this.detector.restore(state)
  }

  /** Goes on with what the alerts leave open. @param alerts those of a service in their order @returns how many incidents these are */
  reopen(alerts: readonly OpsAlert[]): number {
    const now = this.now()
    const open = openIncidents(alerts)
    for (const incident of open) {
      this.detector.reopen(incident, now)
      this.told.add(keyOf(incident))
    }
    return open.length
  }

  private tell(events: readonly IncidentEvent[], now: number): void {
    for (const event of events) {
      const { state, code, service, subject, severity, summary, count, at, openedAt } = event
      const key = keyOf(event)
      const isTold = state === 'opened' ? now - at < staleMs : this.told.delete(key)
      incidents.inc({ code, state, told: String(isTold) })
      if (!isTold) continue
      if (state === 'opened') this.told.add(key)
      this.pending.push(opsAlerts.event({ alert_id: uuidv7(), service, code, severity, subject, summary, count, raised_at: now, opened_at: openedAt, resolved_at: state === 'resolved' ? at : null }))
    }
  }

  private async flush(): Promise<void> {
    if (this.pending.length === 0) return
    const events = this.pending
    this.pending = []
    try {
      await this.publish(events)
    } catch (error) {
      this.pending = [...events, ...this.pending]
      throw error
    }
  }
}
