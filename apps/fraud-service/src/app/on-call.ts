import { type OpsAlert, opsAlerts, uuidv7 } from '@swipestream/contracts'
import type { Outgoing } from '@swipestream/messaging'

/** Of what happens again and again the people on call hear so often, with how often it happened since. */
const TELL_EVERY_MS = 600_000

interface Trouble {
  toldAt: number
  /** Times since. */
  count: number
}

/** Tells the people on call of what they must look at, each subject by itself, and not each time. */
export class OnCall {
  readonly #code: string
  readonly #troubles = new Map<string, Trouble>()

  /** @param code what happens, such as `FRAUD_RULE_FAILED`: the alert's readers find docs/runbooks/fraud-rule-failed.md by it */
  constructor(code: string) {
    this.#code = code
  }

  /**
   * Counts what happened; gives what is to be published of it, nothing when it is not yet time to.
   *
   * @param times how often it happened
   * @param now milliseconds since the Unix epoch
   */
  tell({ subject, summary }: Pick<OpsAlert, 'summary'> & { readonly subject: string }, times: number, now: number): readonly Outgoing[] {
    const trouble = this.#troubles.get(subject) ?? { toldAt: Number.NEGATIVE_INFINITY, count: 0 }
    this.#troubles.set(subject, trouble)
    trouble.count += times
    if (now - trouble.toldAt < TELL_EVERY_MS) return []
    const { count } = trouble
    Object.assign(trouble, { toldAt: now, count: 0 })
    return [opsAlerts.event({ alert_id: uuidv7(), service: 'fraud-service', code: this.#code, severity: 'critical', subject, summary, count, raised_at: now, opened_at: null, resolved_at: null })]
  }
}
