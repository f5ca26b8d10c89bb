import { etlReconciliation, opsAlerts, type Topic, uuidv7 } from '@swipestream/contracts'
import type { Connection, Outgoing } from '@swipestream/messaging'
import type { Logger } from '@swipestream/platform'
import { differencesText } from '../../domain/row-difference.js'
import type { TableReconciliation } from './reconciler.js'

/** The topics that announcements are written to. */
// oxlint-disable-next-line typescript/no-explicit-any -- topics of different value types in one list
export const announced: readonly Topic<any>[] = [etlReconciliation, opsAlerts]

/** Writes what was found to `etl_reconciliation`, and tells the people on call of a table once when it differs, and once when it is equal again. */
export class Announcements {
  readonly #connection: Connection
  readonly #log: Pick<Logger, 'info' | 'warn' | 'error'>
  /** Since when each table differs, in milliseconds since the Unix epoch, and null for those that are equal; as the topic says, for whoever was there before has told too. */
  #known: Map<string, number | null> | undefined
  /** Why tables were not compared, as far as it was said. */
  readonly #undecided = new Map<string, string | null>()

  constructor(connection: Connection, log: Pick<Logger, 'info' | 'warn' | 'error'>) {
    this.#connection = connection
    this.#log = log
  }

  async tell(found: TableReconciliation, now: number): Promise<void> {
    const { table, equal, undecided } = found
    if (equal === null) {
      if (this.#undecided.get(table) !== undecided) this.#log.info({ table, reason: undecided }, 'the table is not compared now')
      this.#undecided.set(table, undecided)
      return
    }
    this.#undecided.delete(table)
    const known = await this.#states()
    const before = known.get(table) ?? null
    const since = equal ? null : (before ?? now)
    const events: Outgoing[] = [etlReconciliation.event(recordOf({ ...found, equal }, now))]
    if (before === null && since !== null) events.push(alertOf(table, summaryOf(found), now, since, null))
    if (before !== null && since === null) events.push(alertOf(table, `${table} is the same everywhere again (${found.topic.rows} rows)`, now, before, now))
    await this.#connection.publish(events)
    if (!equal) this.#log.error({ table, code: 'ETL_RECONCILIATION_DIFFERS', ...found.differences, source: found.source, topic: found.topic, warehouse: found.warehouse }, summaryOf(found))
    else if (before !== null) this.#log.info({ table }, 'the table is equal again')
    known.set(table, since)
  }

  async #states(): Promise<Map<string, number | null>> {
    if (this.#known === undefined) {
      const known = new Map<string, number | null>()
      for (const { value } of await this.#connection.tail(etlReconciliation).received()) known.set(value.table, value.equal ? null : (known.get(value.table) ?? value.reconciled_at))
      // Not before the end: what was read by halves would be taken for all.
      this.#known = known
    }
    return this.#known
  }
}

function recordOf({ table, source, topic, warehouse, equal, from, to }: TableReconciliation & { readonly equal: boolean }, now: number) {
  return {
    table, window_from_at: from, window_to_at: to, equal, reconciled_at: now,
    source_rows: source?.rows ?? null, topic_rows: topic.rows, warehouse_rows: warehouse.rows,
    source_checksum: source?.checksum ?? null, topic_checksum: topic.checksum, warehouse_checksum: warehouse.checksum,
  }
}

function alertOf(subject: string, summary: string, now: number, openedAt: number, resolvedAt: number | null): Outgoing {
  const severity = resolvedAt === null ? 'critical' : 'info'
  return opsAlerts.event({ alert_id: uuidv7(), service: 'etl-loader', code: 'ETL_RECONCILIATION_DIFFERS', severity, subject, summary, count: 1, raised_at: now, opened_at: openedAt, resolved_at: resolvedAt })
}

/** What differs, in one sentence. */
export function summaryOf({ table, source, topic, warehouse, differences }: Pick<TableReconciliation, 'table' | 'source' | 'topic' | 'warehouse' | 'differences'>): string {
  const counts = [...(source === null ? [] : [`${source.rows} rows at the source`]), `${topic.rows} on the topic`, `${warehouse.rows} in the warehouse`].join(', ')
  const what = differencesText(differences) || (topic.rows === warehouse.rows ? 'the topic and the warehouse have other values' : 'the topic and the warehouse have not the same rows')
  return `${table} is not the same everywhere: ${what} (${counts})`
}
