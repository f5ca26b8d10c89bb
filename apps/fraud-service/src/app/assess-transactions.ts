import { Injectable } from '@nestjs/common'
import { type cardProfiles, fraudAlerts, fraudDecisions, type TakenValues, type Transaction } from '@swipestream/contracts'
import { type BatchContext, causedBy, type Outgoing, type Received } from '@swipestream/messaging'
import { alertOf } from '../domain/alert.js'
import { assess } from '../domain/assess.js'
import { takenOf } from '../domain/features/taken.js'
import { FraudMetrics } from './fraud-metrics.js'
import { RuleSet } from './rule-set.js'
import { Surroundings } from './surroundings.js'

/** What the service remembers, by the names the use case knows it under. */
export type FraudState = { profiles: typeof cardProfiles }

/** Judges transactions: one decision each, an alert for those not approved. */
@Injectable()
export class AssessTransactions {
  constructor(
    private readonly rules: RuleSet,
    private readonly surroundings: Surroundings,
    private readonly metrics: FraudMetrics,
  ) {}

  run(batch: readonly Received<Transaction>[], { state }: Pick<BatchContext<FraudState>, 'state'>): Outgoing[] {
    const rules = this.rules.current()
    const decidedAt = Date.now()
    return batch.flatMap((message) => {
      const { value: tx, origin } = message
      const assessed = assess(tx, state.profiles.get(tx.card_id), this.#take(tx), rules, origin)
      if (assessed === 'duplicate') {
        this.metrics.seenBefore()
        return []
      }
      const decision = { ...assessed.decision, decided_at: decidedAt }
      state.profiles.set(assessed.profile)
      this.metrics.decided(assessed.judgement)

      const events: Outgoing[] = [fraudDecisions.event(decision)]
      if (decision.outcome !== 'approve') events.push(fraudAlerts.event(alertOf(decision, tx)))
      return causedBy(message, events)
    })
  }

  #take(tx: Transaction): TakenValues {
    const { card_id, terminal_id } = tx
    return takenOf(tx, {
      card: this.surroundings.card(card_id),
      verdicts: this.surroundings.verdicts(card_id),
      terminal: terminal_id === null ? undefined : this.surroundings.terminal(terminal_id),
    })
  }
}
