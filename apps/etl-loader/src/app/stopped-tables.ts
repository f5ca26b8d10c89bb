import { opsAlerts } from '@swipestream/contracts'
import type { Connection } from '@swipestream/messaging'

/** The code of the alerts that a table is stopped, and that it is not any more. */
export const tableStoppedCode = 'ETL_TABLE_STOPPED'

/** Why a table is not extracted any more, and since when, in milliseconds since the Unix epoch. */
export interface Stop {
  readonly reason: string
  readonly since: number
}

/**
 * The tables that are stopped, as the last alert about each on `ops_alerts` says that can be read.
 *
 * @throws MessagingError; ContractError REGISTRY_UNAVAILABLE, REGISTRY_REFUSED
 */
export async function stoppedTables(connection: Pick<Connection, 'tail'>): Promise<ReadonlyMap<string, Stop>> {
  const stopped = new Map<string, Stop>()
  for (const { value } of await connection.tail(opsAlerts).received(() => undefined)) {
    if (value.code !== tableStoppedCode || value.subject === null) continue
    if (value.resolved_at === null) stopped.set(value.subject, { reason: value.summary, since: value.opened_at ?? value.raised_at })
    else stopped.delete(value.subject)
  }
  return stopped
}
