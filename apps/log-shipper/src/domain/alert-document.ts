import type { OpsAlert } from '@swipestream/contracts'
import { alertsDataset } from './index-template/data-stream.js'
import { ecsVersion } from './parse/ecs.js'

/** An alert in the names of ECS; what ECS has no name for is below `alert`. */
export interface AlertDocument {
  readonly '@timestamp': string
  readonly ecs: { readonly version: string }
  readonly event: {
    readonly kind: 'alert'
    readonly dataset: typeof alertsDataset
    readonly id: string
    /** What happened: the name of its runbook. */
    readonly code: string
    /** `opened` and `resolved` of what has a beginning and an end, `raised` of what just happens. */
    readonly action: 'opened' | 'resolved' | 'raised'
    readonly start?: string
    readonly end?: string
    /** How long what is over lasted, in nanoseconds. */
    readonly duration?: number
  }
  readonly service: { readonly name: string }
  readonly message: string
  readonly alert: { readonly severity: string; readonly count: number; readonly subject?: string }
}

/** The document of an alert. */
export function alertDocument(alert: OpsAlert): AlertDocument {
  const { alert_id: id, code, service, severity, subject, summary, count, raised_at: raisedAt, opened_at: openedAt, resolved_at: resolvedAt } = alert
  const action = resolvedAt !== null ? 'resolved' : openedAt !== null ? 'opened' : 'raised'
  return {
    '@timestamp': iso(raisedAt),
    ecs: { version: ecsVersion },
    event: {
      kind: 'alert',
      dataset: alertsDataset,
      id,
      code,
      action,
      ...(openedAt !== null && { start: iso(openedAt) }),
      ...(resolvedAt !== null && { end: iso(resolvedAt) }),
      ...(openedAt !== null && resolvedAt !== null && { duration: (resolvedAt - openedAt) * 1e6 }),
    },
    service: { name: service },
    message: summary,
    alert: { severity, count, ...(subject !== null && { subject }) },
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
