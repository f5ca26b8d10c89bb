import { type OpsAlert, opsAlerts, uuidv7 } from '@swipestream/contracts'
import { OnCall, type Outgoing } from '@swipestream/messaging'
import { type Logger, toError } from '@swipestream/platform'

type Stage = 'extract' | 'transform' | 'load'

/** How often is looked whether something is to be told, in milliseconds. */
const lookMs = 1_000

/**
 * Tells the people on call what they must look at: of rows in the quarantine not each, but how many of a topic or table
 * since the last time. What cannot be published waits for the next look. docs/runbooks has a page for each code.
 */
export class EtlAlerts {
  readonly #service: string
  readonly #quarantined: OnCall
  readonly #expired: OnCall
  readonly #tableStopped: OnCall
  #pending: Outgoing[] = []
  #publishing: Promise<void> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined

  /** @param service that raises them, such as `etl-extract` */
  constructor(
    service: string,
    private readonly publish: (events: readonly Outgoing[]) => Promise<void>,
    private readonly logger: Pick<Logger, 'warn'>,
    private readonly clock: () => number = Date.now,
  ) {
    this.#service = service
    this.#quarantined = new OnCall('ETL_ROWS_QUARANTINED', { service, severity: 'warning' })
    this.#expired = new OnCall('ETL_RECORDS_EXPIRED', { service, severity: 'critical' })
    this.#tableStopped = new OnCall('ETL_TABLE_STOPPED', { service, severity: 'critical' })
  }

  /** From here on what was counted is told by itself. */
  start(): void {
    this.#timer = setInterval(() => void this.#tell(), lookMs)
    this.#timer.unref()
  }

  /** @param subject topic or table, without the namespace */
  quarantined(stage: Stage, subject: string, rows: number): void {
    if (rows === 0) return
    this.#add(this.#quarantined.tell({ subject, summary: `Rows of ${subject} were refused by ${stage} and wait in the quarantine.` }, rows, this.clock()))
  }

  /** Records went from a topic before they were loaded. */
  expired(topic: string, records: number): void {
    this.#add(this.#expired.tell({ subject: topic, summary: `Records of ${topic} were removed before they were loaded: the warehouse will never have them.` }, records, this.clock()))
  }

  tableStopped(table: string, reason: Error): void {
    this.#add(this.#tableStopped.tell({ subject: table, summary: `${table} is not extracted any more; the other tables are. ${said(reason)}` }, 1, this.clock()))
  }

  tableResumed(table: string): void {
    this.#add([this.#alert('ETL_TABLE_STOPPED', 'info', table, `Resolved: ${table} is extracted again.`)])
  }

  /** The whole of it ends, or a part, and does not begin again by itself as long as that is so. */
  ended(reason: Error, part: string | null = null): void {
    this.#add([this.#alert('ETL_STOPPED', 'critical', part, `${part === null ? this.#service : `${part} of ${this.#service}`} has ended. ${said(reason)}`)])
  }

  /** Tells what is left. What cannot be published now is lost, and logged. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    const now = this.clock()
    for (const one of [this.#quarantined, this.#expired, this.#tableStopped]) this.#pending.push(...one.rest(now))
    await this.#tell()
  }

  #alert(code: string, severity: OpsAlert['severity'], subject: string | null, summary: string): Outgoing {
    return opsAlerts.event({ alert_id: uuidv7(), service: this.#service, code, severity, subject, summary, count: 1, raised_at: this.clock(), opened_at: null, resolved_at: null })
  }

  #add(events: readonly Outgoing[]): void {
    this.#pending.push(...events)
    if (events.length > 0) void this.#tell()
  }

  /** One after the other. Never rejects. */
  #tell(): Promise<void> {
    return (this.#publishing = this.#publishing.then(async () => {
      const now = this.clock()
      for (const one of [this.#quarantined, this.#expired, this.#tableStopped]) this.#pending.push(...one.due(now))
      const events = this.#pending
      if (events.length === 0) return
      this.#pending = []
      try {
        await this.publish(events)
      } catch (error) {
        this.#pending.unshift(...events)
        this.logger.warn({ err: toError(error), alerts: events.length }, 'the people on call cannot be told yet')
      }
    }))
  }
}

function said(reason: Error): string {
  return `${'code' in reason ? `${String(reason.code)}: ` : ''}${reason.message}`
}
