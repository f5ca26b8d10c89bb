import { Injectable, Logger } from '@nestjs/common'
import { opsAlerts, uuidv7 } from '@swipestream/contracts'
import type { Outgoing } from '@swipestream/messaging'
import { counter } from '@swipestream/platform'

/** As of a rule that fails: the people on call hear of it so often, every failure is counted. */
const TELL_EVERY_MS = 600_000

/** A model that fails: its transactions are decided by the rules alone; somebody must look at it. */
@Injectable()
export class ModelFailures {
  readonly #logger = new Logger(ModelFailures.name)
  readonly #failures = counter({ name: 'fraud_model_failures_total', help: 'Transactions the model failed to score or to explain; without a score the rules alone decided' })
  #toldAt = Number.NEGATIVE_INFINITY
  #since = 0

  /**
   * Counts a failure; gives what is to be published of it, if it is time to.
   *
   * @param transactions how many it was asked for
   * @param now milliseconds since the Unix epoch
   */
  failed(version: string, reason: string, transactions: number, now: number): readonly Outgoing[] {
    this.#failures.inc(transactions)
    this.#since += transactions
    if (now - this.#toldAt < TELL_EVERY_MS) return []
    const count = this.#since
    this.#toldAt = now
    this.#since = 0
    this.#logger.error(`the model ${version} failed, and the rules decide without it; failures are counted in fraud_model_failures_total: ${reason}`)
    const summary = `The model ${version} cannot score, and the rules decide without it: ${reason}`
    return [opsAlerts.event({ alert_id: uuidv7(), service: 'fraud-service', code: 'FRAUD_MODEL_FAILED', severity: 'critical', subject: version, summary, count, raised_at: now })]
  }
}
