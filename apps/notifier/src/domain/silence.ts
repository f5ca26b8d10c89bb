import type { OpsAlert } from '@swipestream/contracts'

/** Alerts for the people on call that are not sent; null matches everything. */
export interface Silence {
  readonly service: string | null
  readonly code: string | null
  readonly subject: string | null
}

export function silenced(alert: Pick<OpsAlert, 'service' | 'code' | 'subject'>, silence: Silence): boolean {
  return (['service', 'code', 'subject'] as const).every((field) => silence[field] === null || silence[field] === alert[field])
}
