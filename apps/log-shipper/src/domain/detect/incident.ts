/** What can be wrong; the name is that of the runbook. */
export const incidentCodes = ['LOG_ERROR_RATE', 'LOG_LATENCY', 'LOG_SILENCE', 'LOG_NEW_ERROR'] as const
export type IncidentCode = (typeof incidentCodes)[number]

/** Something began, or is over. */
export interface IncidentEvent {
  readonly state: 'opened' | 'resolved'
  readonly service: string
  readonly code: IncidentCode
  /** The route, or the template of the error; null for the service as a whole. */
  readonly subject: string | null
  readonly severity: 'warning' | 'critical' | 'info'
  /** With the numbers that it is believed for, and an example. */
  readonly summary: string
  /** Requests or entries that are bad: when it opens those in the window, when it is over all since then. */
  readonly count: number
  /** Milliseconds since the Unix epoch, by the log's own time. */
  readonly at: number
  /** When it opened, by the same time; what grew worse opened when it began. */
  readonly openedAt: number
}

/** An incident that was told before this process began, and of which nobody has told the end. */
export interface ToldIncident {
  readonly service: string
  readonly code: IncidentCode
  readonly subject: string | null
  readonly severity: 'warning' | 'critical'
  readonly count: number
  /** Milliseconds since the Unix epoch. */
  readonly openedAt: number
}

/** An incident that is open. */
export interface OpenIncident {
  readonly code: IncidentCode
  readonly subject: string | null
  readonly openedAt: number
  severity: 'warning' | 'critical'
  count: number
  /** Second since which nothing more of it was seen. */
  calmSince: number | undefined
  /** Second since which no request tells whether it goes on. */
  quietSince: number | undefined
}

/** A share for people: two digits. */
export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`
}

/** Seconds for people. */
export function span(ms: number): string {
  const seconds = Math.round(ms / 1000)
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`
}
