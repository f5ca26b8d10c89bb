import { Inject, Injectable } from '@nestjs/common'
import type { FraudDecision, ModelSignal } from '@swipestream/contracts'
import type { Outgoing } from '@swipestream/messaging'
import { toError } from '@swipestream/platform'
import type { Features } from '../domain/features/catalogue.js'
import type { FraudModel } from '../model/fraud-model.js'
import { ModelFailures } from './model-failures.js'

/** Token of the model; null when FRAUD_MODEL_DIR is not set. */
export const FRAUD_MODEL = Symbol('FRAUD_MODEL')

/** A decision that its model's signal can still be written into. */
type Signalled = Pick<FraudDecision, 'outcome' | 'model'>

/** What the model says of transactions. One that fails says nothing: no transaction is approved, or declined, by that. */
@Injectable()
export class ModelSignals {
  constructor(@Inject(FRAUD_MODEL) private readonly model: FraudModel | null, private readonly failures: ModelFailures) {}

  get on(): boolean {
    return this.model !== null
  }

  /** The signals of a batch, in its order, and what is to be published of a failure. */
  async of(rows: readonly Features[]): Promise<{ readonly signals: readonly (ModelSignal | null)[]; readonly failed: readonly Outgoing[] }> {
    const { model } = this
    if (model === null || rows.length === 0) return { signals: rows.map(() => null), failed: [] }
    try {
      const probabilities = await model.probabilities(rows)
      return { signals: probabilities.map((probability) => ({ version: model.version, probability, top: [] })), failed: [] }
    } catch (error) {
      return { signals: rows.map(() => null), failed: this.failures.failed(model.version, toError(error).message, rows.length, Date.now()) }
    }
  }

  /**
   * Writes the features that counted most into the signals of decisions that somebody may look at: those that are not
   * approvals, and those of a probability that the model says is worth it. Most are neither, and cost nothing.
   *
   * @param judged decisions with the features they were made by
   */
  async explain(judged: readonly { readonly decision: Signalled; readonly features: Features }[]): Promise<readonly Outgoing[]> {
    const { model } = this
    if (model === null) return []
    const looked = judged.flatMap(({ decision, features }) => {
      const { model: signal, outcome } = decision
      return signal !== null && (outcome !== 'approve' || signal.probability >= model.explainFrom) ? [{ decision, features, signal }] : []
    })
    try {
      const tops = await model.explain(looked.map(({ features }) => features), looked.map(({ signal }) => signal.probability))
      looked.forEach(({ decision, signal }, index) => void (decision.model = { ...signal, top: tops[index] ?? [] }))
      return []
    } catch (error) {
      return this.failures.failed(model.version, toError(error).message, looked.length, Date.now())
    }
  }
}
