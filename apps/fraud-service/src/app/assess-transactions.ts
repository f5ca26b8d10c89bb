import { Injectable } from '@nestjs/common'
import { type cardProfiles, fraudAlerts, fraudDecisions, type Transaction } from '@swipestream/contracts'
import { type BatchContext, causedBy, type Outgoing, type Received } from '@swipestream/messaging'
import { alertOf } from '../domain/alert.js'
import { assess } from '../domain/assess.js'
import { wasApplied } from '../domain/profile.js'
import { FraudMetrics } from './fraud-metrics.js'
import { RuleSet } from './rule-set.js'

/** What the service remembers, by the names the use case knows it under. */
export type FraudState = { profiles: typeof cardProfiles }

/** Judges transactions: one decision each, an alert for those not approved. */
@Injectable()
export class AssessTransactions {
  constructor(
    private readonly rules: RuleSet,
    private readonly metrics: FraudMetrics,
  ) {}

  run(batch: readonly Received<Transaction>[], { state }: Pick<BatchContext<FraudState>, 'state'>): Outgoing[] {
    const rules = this.rules.current()
    const decidedAt = Date.now()
    return batch.flatMap((message) => {
      const { value: tx, origin } = message
      const known = state.profiles.get(tx.card_id)
      if (wasApplied(known, tx, origin)) {
        this.metrics.seenBefore()
        return []
      }
      const { decision: judged, profile, evaluations } = assess(tx, known, rules, origin)
      const decision = { ...judged, decided_at: decidedAt }
      state.profiles.set(profile)
      this.metrics.decided(decision.outcome, evaluations)

      const events: Outgoing[] = [fraudDecisions.event(decision)]
      if (decision.outcome !== 'approve') events.push(fraudAlerts.event(alertOf(decision, tx)))
      return causedBy(message, events)
    })
  }
}
