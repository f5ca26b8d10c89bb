import type { OpsAlert } from '@swipestream/contracts'
import { type IncidentCode, incidentCodes, type ToldIncident } from './incident.js'

/** One incident of a kind is open at a time. */
export function keyOf({ service, code, subject }: Pick<ToldIncident, 'service' | 'code' | 'subject'>): string {
  return `${service} ${code} ${subject ?? ''}`
}

/**
 * The incidents that are open when all alerts were told.
 *
 * @param alerts of all kinds, those of a service in the order in which they were told
 */
export function openIncidents(alerts: readonly OpsAlert[]): ToldIncident[] {
  const open = new Map<string, ToldIncident>()
  for (const { service, code, subject, severity, count, raised_at: raisedAt, opened_at: openedAt } of alerts) {
    if (!isCode(code)) continue
    const incident = { service, code, subject, count, openedAt: openedAt ?? raisedAt }
    // An end is an alert of severity info; before there was a field for it, that was all that told it.
    if (severity === 'info') open.delete(keyOf(incident))
    else open.set(keyOf(incident), { ...incident, severity })
  }
  return [...open.values()]
}

function isCode(code: string): code is IncidentCode {
  return (incidentCodes as readonly string[]).includes(code)
}
