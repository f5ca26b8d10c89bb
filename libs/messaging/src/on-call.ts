import { type OpsAlert, opsAlerts, uuidv7 } from '@swipestream/contracts'
import type { Outgoing } from './received.js'

/** Of what happens again and again the people on call hear so often, with how often it happened since. */
const TELL_EVERY_MS = 600_000

interface Trouble {
  toldAt: number
  /** Times since. */
  count: number
  summary: string
}

/** Tells the people on call of what they must look at, each subject by itself, and not each time. */
export class OnCall {
  readonly #code: string
  readonly #from: Pick<OpsAlert, 'service' | 'severity'>
  readonly #troubles = new Map<string, Trouble>()

  /**
   * @param code what happens, such as `FRAUD_RULE_FAILED`: the alert's readers find docs/runbooks/fraud-rule-failed.md by it
   * @param from the service that says so, and how urgent it is
   */
  constructor(code: string, from: Pick<OpsAlert, 'service' | 'severity'>) {
    this.#code = code
    this.#from = from
  }

  /**
   * Counts what happened; gives what is to be published of it, nothing when it is not yet time to.
   *
   * @param times how often it happened
   * @param now milliseconds since the Unix epoch
   */
  tell({ subject, summary }: Pick<OpsAlert, 'summary'> & { readonly subject: string }, times: number, now: number): readonly Outgoing[] {
    const trouble = this.#troubles.get(subject) ?? { toldAt: Number.NEGATIVE_INFINITY, count: 0, summary }
    this.#troubles.set(subject, trouble)
    trouble.count += times
    trouble.summary = summary
    return this.#due(subject, trouble, now)
  }

  /** What was counted and not told, of subjects whose time has come since. */
  due(now: number): readonly Outgoing[] {
    return [...this.#troubles].flatMap(([subject, trouble]) => this.#due(subject, trouble, now))
  }

  /** All that was counted and not told: for whoever ends. */
  rest(now: number): readonly Outgoing[] {
    return [...this.#troubles].flatMap(([subject, trouble]) => (trouble.count === 0 ? [] : this.#alert(subject, trouble, now)))
  }

  #due(subject: string, trouble: Trouble, now: number): readonly Outgoing[] {
    return trouble.count === 0 || now - trouble.toldAt < TELL_EVERY_MS ? [] : this.#alert(subject, trouble, now)
  }

  #alert(subject: string, trouble: Trouble, now: number): readonly Outgoing[] {
    const { count, summary } = trouble
    Object.assign(trouble, { toldAt: now, count: 0 })
    return [opsAlerts.event({ alert_id: uuidv7(), ...this.#from, code: this.#code, subject, summary, count, raised_at: now, opened_at: null, resolved_at: null })]
  }
}
