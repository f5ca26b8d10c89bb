import type { OpsAlert } from '@swipestream/contracts'

/** Which ops alerts are not sent. A null matches everything. */
export interface Silencing {
  readonly service: string | null
  readonly code: string | null
  readonly subject: string | null
}

/** Whether an alert is silenced, while the silence holds. */
export function isSilenced(silence: Silencing, alert: Pick<OpsAlert, 'service' | 'code' | 'subject'>): boolean {
  return matches(silence.service, alert.service) && matches(silence.code, alert.code) && matches(silence.subject, alert.subject)
}

function matches(wanted: string | null, has: string | null): boolean {
  return wanted === null || wanted === has
}
