import { Injectable, Logger } from '@nestjs/common'
import { OnCall, type Outgoing } from '@swipestream/messaging'
import { counter } from '@swipestream/platform'

/** Rules that fail: if they are live, their transactions go to review; somebody must look at them. */
@Injectable()
export class RuleFailures {
  readonly #logger = new Logger(RuleFailures.name)
  readonly #onCall = new OnCall('FRAUD_RULE_FAILED', { service: 'fraud-service', severity: 'critical' })
  readonly #failures = counter({ name: 'fraud_rule_failures_total', help: 'Transactions a rule failed to judge; they went to review if it was live', labels: ['rule'] })

  /** Counts a failure; gives what is to be published of it, if it is time to. @param now milliseconds since the Unix epoch */
  failed(rule: string, reason: string, now: number): readonly Outgoing[] {
    this.#failures.inc({ rule })
    const told = this.#onCall.tell({ subject: rule, summary: `The rule ${rule} cannot judge, and its transactions go to review if it is live: ${reason}` }, 1, now)
    if (told.length > 0) this.#logger.error(`rule ${rule} failed, its transactions go to review if it is live; failures are counted in fraud_rule_failures_total: ${reason}`)
    return told
  }
}
