import { type OpsAlert, opsAlerts, uuidv7 } from '@swipestream/contracts'
import type { Outgoing } from '@swipestream/messaging'

/** What this service itself must tell the people on call; docs/runbooks has a page for each. */
export type NotifierAlert =
  | 'NOTIFY_NO_CONTACT'
  | 'NOTIFY_UNREACHABLE'
  | 'NOTIFY_TEMPLATE_INVALID'

/** @param count how often it happened */
export function opsAlert(code: NotifierAlert, summary: string, count: number, subject: string | null = null): Outgoing {
  const alert: OpsAlert = { alert_id: uuidv7(), service: 'notifier', code, severity: 'warning', subject, summary, count, raised_at: Date.now(), opened_at: null, resolved_at: null }
  return opsAlerts.event(alert)
}
