import { type OpsAlert, opsAlerts, uuidv7 } from '@swipestream/contracts'
import { OnCall, type Outgoing } from '@swipestream/messaging'
import { type Logger, toError } from '@swipestream/platform'
import { type Stop, tableStoppedCode } from './stopped-tables.js'

type Stage = 'extract' | 'transform' | 'the warehouse' | 'the lake'

/** What became of a table, at a time in milliseconds since the Unix epoch; null: it is extracted. */
interface TableChange {
  readonly at: number
  readonly reason: Error | null
}

/** How often is looked whether something is to be told, in milliseconds. */
const lookMs = 1_000

/**
 * Tells the people on call what they must look at: of rows in the quarantine not each, but how many of a topic or table
 * since the last time. What cannot be published waits for the next look. docs/runbooks has a page for each code.
 */
export class EtlAlerts {
  readonly #service: string
  /** What one stage refuses another may take: each counts its own. */
  readonly #quarantined: Readonly<Record<Stage, OnCall>>
  readonly #expired: OnCall
  /** What became of each table since the last look. */
  readonly #tables = new Map<string, TableChange>()
  /** Since when each stopped table is. */
  #stopped: Map<string, number> | undefined
  #pending: Outgoing[] = []
  #telling: Promise<void> = Promise.resolve()
  /** What waits for `#telling`: it will tell all that there is by then. */
  #next: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined

  /**
   * @param service that raises them, such as `etl-extract`
   * @param stoppedBefore the tables that an earlier process told to be stopped
   */
  constructor(
    service: string,
    private readonly publish: (events: readonly Outgoing[]) => Promise<void>,
    private readonly logger: Pick<Logger, 'warn'>,
    private readonly clock: () => number = Date.now,
    private readonly stoppedBefore: () => Promise<ReadonlyMap<string, Pick<Stop, 'since'>>> = () => Promise.resolve(new Map()),
  ) {
    this.#service = service
    const quarantined = (): OnCall => new OnCall('ETL_ROWS_QUARANTINED', { service, severity: 'warning' })
    this.#quarantined = { extract: quarantined(), transform: quarantined(), 'the warehouse': quarantined(), 'the lake': quarantined() }
    this.#expired = new OnCall('ETL_RECORDS_EXPIRED', { service, severity: 'critical' })
  }

  /** From here on what was counted is told by itself. */
  start(): void {
    this.#timer = setInterval(() => void this.#tell(), lookMs)
    this.#timer.unref()
  }

  /** @param subject topic or table, without the namespace */
  quarantined(stage: Stage, subject: string, rows: number): void {
    if (rows === 0) return
    this.#add(this.#quarantined[stage].tell({ subject, summary: `Rows of ${subject} were refused by ${stage} and wait in the quarantine.` }, rows, this.clock()))
  }

  /** Records went from a topic before they were loaded. */
  expired(topic: string, records: number): void {
    this.#add(this.#expired.tell({ subject: topic, summary: `Records of ${topic} were removed before they were loaded: the warehouse will never have them.` }, records, this.clock()))
  }

  tableStopped(table: string, reason: Error): void {
    this.#tables.set(table, { at: this.clock(), reason })
    void this.#tell()
  }

  /** A table was read. Told when it had been stopped, also before this process. */
  tableWorks(table: string): void {
    if (this.#stopped?.has(table) === false && !this.#tables.has(table)) return
    this.#tables.set(table, { at: this.clock(), reason: null })
    void this.#tell()
  }

  /** The whole of it ends, or a part, and does not begin again by itself as long as that is so. */
  ended(reason: Error, part: string | null = null): void {
    const summary = `${part === null ? this.#service : `${part} of ${this.#service}`} has ended. ${said(reason)}`
    this.#add([this.#alert('ETL_STOPPED', { subject: part, summary })])
  }

  /** Tells what is left. What cannot be published now is lost, and logged. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    const now = this.clock()
    for (const one of [...Object.values(this.#quarantined), this.#expired]) this.#pending.push(...one.rest(now))
    await this.#tell()
  }

  #alert(code: string, told: Pick<OpsAlert, 'subject' | 'summary'> & Partial<OpsAlert>): Outgoing {
    return opsAlerts.event({ alert_id: uuidv7(), service: this.#service, code, severity: 'critical', count: 1, raised_at: this.clock(), opened_at: null, resolved_at: null, ...told })
  }

  async #tellTables(): Promise<void> {
    if (this.#tables.size === 0) return
    const stopped = (this.#stopped ??= new Map([...(await this.stoppedBefore())].map(([table, { since }]) => [table, since])))
    for (const [table, { at, reason }] of this.#tables) {
      const since = stopped.get(table)
      if (reason !== null) {
        stopped.set(table, since ?? at)
        this.#pending.push(this.#alert(tableStoppedCode, { subject: table, summary: `${table} is not extracted any more; the other tables are. ${said(reason)}`, opened_at: since ?? at }))
      } else if (stopped.delete(table)) {
        this.#pending.push(this.#alert(tableStoppedCode, { severity: 'info', subject: table, summary: `Resolved: ${table} is extracted again.`, opened_at: since ?? null, resolved_at: at }))
      }
    }
    this.#tables.clear()
  }

  #add(events: readonly Outgoing[]): void {
    this.#pending.push(...events)
    if (events.length > 0) void this.#tell()
  }

  /** One after the other. Never rejects. */
  #tell(): Promise<void> {
    return (this.#next ??= this.#telling = this.#telling.then(async () => {
      this.#next = undefined
      // Who cannot say which tables were stopped before tells the rest all the same.
      await this.#attempted(() => this.#tellTables())
      const now = this.clock()
      for (const one of [...Object.values(this.#quarantined), this.#expired]) this.#pending.push(...one.due(now))
      await this.#attempted(() => this.#publishPending())
    }))
  }

  async #attempted(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      this.logger.warn({ err: toError(error), alerts: this.#pending.length + this.#tables.size }, 'the people on call cannot be told yet')
    }
  }

  async #publishPending(): Promise<void> {
    const events = this.#pending
    if (events.length === 0) return
    this.#pending = []
    try {
      await this.publish(events)
    } catch (error) {
      this.#pending.unshift(...events)
      throw error
    }
  }
}

function said(reason: Error): string {
  return `${'code' in reason ? `${String(reason.code)}: ` : ''}${reason.message}`
}
