import { type OpsAlert, opsAlerts } from '@swipestream/contracts'
import type { Connection } from '@swipestream/messaging'

/** The code of the alerts that a table is stopped, and that it is not any more. */
export const tableStoppedCode = 'ETL_TABLE_STOPPED'

/** The tables that are stopped, as `ops_alerts` says, each with the last alert about it. @throws MessagingError, ContractError */
export async function stoppedTables(connection: Pick<Connection, 'tail'>): Promise<ReadonlyMap<string, OpsAlert>> {
  const stopped = new Map<string, OpsAlert>()
  for (const { value } of await connection.tail(opsAlerts).received()) {
    if (value.code !== tableStoppedCode || value.subject === null) continue
    if (value.resolved_at === null) stopped.set(value.subject, value)
    else stopped.delete(value.subject)
  }
  return stopped
}
