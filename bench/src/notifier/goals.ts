import type { Goal } from '../goals.js'

/** What is held to a goal; a part that was not measured has none of it. */
export interface Held {
  /** E-mails a second through the ledger, divided by those of nodemailer alone. */
  readonly vsRawNodemailer?: number
  /** Alerts whose e-mail was never accepted, after all kills. */
  readonly lost?: number
  /** Alerts whose row in the ledger does not say that the e-mail was sent, after all kills. */
  readonly unsent?: number
  /** Repeated e-mails of the kill that made the most of them. */
  readonly mostDuplicatesByKill?: number
  /** Repeated e-mails that no kill accounts for. */
  readonly duplicatesUnexplained?: number
}

/** Connections to the mail server, of either side: what EMAIL_CONCURRENCY is by default. */
export const connections = 10
/** So many e-mails may go out twice for one kill: twice EMAIL_CONCURRENCY (docs/adr/0009). */
export const killWindow = 2 * connections

/** What the notifier promises: of its speed, and of what a kill may do. */
export const goals: Readonly<Record<keyof Held, Goal>> = {
  vsRawNodemailer: { least: 0.6 },
  lost: { most: 0 },
  unsent: { most: 0 },
  mostDuplicatesByKill: { most: killWindow },
  duplicatesUnexplained: { most: 0 },
}
