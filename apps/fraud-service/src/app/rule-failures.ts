import { Injectable, Logger } from '@nestjs/common'
import { opsAlerts, uuidv7 } from '@swipestream/contracts'
import type { Outgoing } from '@swipestream/messaging'
import { counter } from '@swipestream/platform'

/** Of a rule that fails for every transaction, the people on call hear so often; every failure is counted. */
const TELL_EVERY_MS = 600_000

interface Failing {
  toldAt: number
  /** Failures since. */
  count: number
}

/** Rules that fail: if they are live, their transactions go to review; somebody must look at them. */
@Injectable()
export class RuleFailures {
  readonly #logger = new Logger(RuleFailures.name)
  readonly #failing = new Map<string, Failing>()
  readonly #failures = counter({ name: 'fraud_rule_failures_total', help: 'Transactions a rule failed to judge; they went to review if it was live', labels: ['rule'] })

  /** Counts a failure; gives what is to be published of it, if it is time to. @param now milliseconds since the Unix epoch */
  failed(rule: string, reason: string, now: number): readonly Outgoing[] {
    this.#failures.inc({ rule })
    const failing = this.#failing.get(rule) ?? { toldAt: Number.NEGATIVE_INFINITY, count: 0 }
    this.#failing.set(rule, failing)
    failing.count++
    if (now - failing.toldAt < TELL_EVERY_MS) return []
    const { count } = failing
    Object.assign(failing, { toldAt: now, count: 0 })
    this.#logger.error(`rule ${rule} failed, its transactions go to review if it is live; failures are counted in fraud_rule_failures_total: ${reason}`)
    const summary = `The rule ${rule} cannot judge, and its transactions go to review if it is live: ${reason}`
    return [opsAlerts.event({ alert_id: uuidv7(), service: 'fraud-service', code: 'FRAUD_RULE_FAILED', severity: 'critical', subject: rule, summary, count, raised_at: now })]
  }
}
