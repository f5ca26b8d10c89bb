import { Inject, Injectable } from '@nestjs/common'
import { type cardProfiles, type cards, type cardVerdicts, fraudAlerts, fraudDecisions, terminalProfiles, type Transaction, transactionsByTerminal } from '@swipestream/contracts'
import { type BatchContext, causedBy, type Outgoing, type Received, Tables } from '@swipestream/messaging'
import { alertOf } from '../domain/alert.js'
import { assess } from '../domain/assess.js'
import { takenOf } from '../domain/features/taken.js'
import { terminalEventOf } from '../domain/features/terminal-profile.js'
import type { Judgement } from '../domain/rule-set/judge.js'
import { FraudMetrics } from './fraud-metrics.js'
import { RuleFailures } from './rule-failures.js'
import { RulesInForce } from './rules-in-force.js'

/** What the service remembers, by the names the use case knows it under. */
export type FraudState = { profiles: typeof cardProfiles }
/** What it looks up of a card. */
export type FraudTables = { cards: typeof cards; verdicts: typeof cardVerdicts }

/** Judges transactions: one decision each, an alert for those not approved, and what their terminals are to know. */
@Injectable()
export class AssessTransactions {
  constructor(
    @Inject(RulesInForce) private readonly rules: Pick<RulesInForce, 'current'>,
    @Inject(Tables) private readonly tables: Pick<Tables, 'of'>,
    private readonly metrics: FraudMetrics,
    private readonly failures: RuleFailures,
  ) {}

  run(batch: readonly Received<Transaction>[], { state, tables }: Pick<BatchContext<FraudState, FraudTables>, 'state' | 'tables'>): Outgoing[] {
    const rules = this.rules.current()
    const terminals = this.tables.of(terminalProfiles)
    const now = Date.now()
    return batch.flatMap((message) => {
      const { value: tx, origin } = message
      const taken = takenOf(tx, {
        card: tables.cards.get(tx.card_id),
        verdicts: tables.verdicts.get(tx.card_id),
        terminal: tx.terminal_id === null ? undefined : terminals.get(tx.terminal_id),
      })
      const assessed = assess(tx, state.profiles.get(tx.card_id), taken, rules, origin)
      if (assessed === 'duplicate') {
        this.metrics.seenBefore()
        return []
      }
      const decision = { ...assessed.decision, decided_at: now }
      state.profiles.set(assessed.profile)
      this.metrics.decided(assessed.judgement)

      const events: Outgoing[] = [fraudDecisions.event(decision)]
      if (decision.outcome !== 'approve') events.push(fraudAlerts.event(alertOf(decision, tx)))
      const atTerminal = terminalEventOf(tx, decision.event_order)
      if (atTerminal !== undefined) events.push(transactionsByTerminal.event(atTerminal))
      return causedBy(message, [...events, ...this.#failed(assessed.judgement, now)])
    })
  }

  #failed({ events }: Judgement, now: number): readonly Outgoing[] {
    return events.flatMap(({ rule, failure }) => (failure === undefined ? [] : this.failures.failed(rule.rule_id, failure, now)))
  }
}
