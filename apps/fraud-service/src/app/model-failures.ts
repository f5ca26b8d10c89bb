import { Injectable, Logger } from '@nestjs/common'
import { OnCall, type Outgoing } from '@swipestream/messaging'
import { counter } from '@swipestream/platform'

/** A model that fails: its transactions are decided by the rules alone; somebody must look at it. */
@Injectable()
export class ModelFailures {
  readonly #logger = new Logger(ModelFailures.name)
  readonly #onCall = new OnCall('FRAUD_MODEL_FAILED', { service: 'fraud-service', severity: 'critical' })
  readonly #failures = counter({ name: 'fraud_model_failures_total', help: 'Transactions the model failed to score or to explain; without a score the rules alone decided' })

  /**
   * Counts a failure; gives what is to be published of it, if it is time to.
   *
   * @param transactions how many it was asked for
   * @param now milliseconds since the Unix epoch
   */
  failed(version: string, reason: string, transactions: number, now: number): readonly Outgoing[] {
    this.#failures.inc(transactions)
    const told = this.#onCall.tell({ subject: version, summary: `The model ${version} cannot score, and the rules decide without it: ${reason}` }, transactions, now)
    if (told.length > 0) this.#logger.error(`the model ${version} failed, and the rules decide without it; failures are counted in fraud_model_failures_total: ${reason}`)
    return told
  }
}
