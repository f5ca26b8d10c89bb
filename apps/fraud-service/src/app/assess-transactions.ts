import { Inject, Injectable } from '@nestjs/common'
import {
  type cardProfiles, type cards, type cardVerdicts, fraudAlerts, fraudDecisions, type ModelSignal, type TakenValues, terminalProfiles, type TerminalProfile, type Transaction,
  transactionsByTerminal,
} from '@swipestream/contracts'
import { type BatchContext, causedBy, type Outgoing, type Received, Tables, type TableView } from '@swipestream/messaging'
import { alertOf } from '../domain/alert.js'
import { type Assessment, decide } from '../domain/assess.js'
import type { Features } from '../domain/features/catalogue.js'
import { observe, type Observed } from '../domain/features/observe.js'
import { takenOf } from '../domain/features/taken.js'
import { terminalEventOf } from '../domain/features/terminal-profile.js'
import type { Judgement } from '../domain/rule-set/judge.js'
import type { RuleSet } from '../domain/rule-set/rule-set.js'
import { FraudMetrics } from './fraud-metrics.js'
import type { ModelSignals } from './model-signals.js'
import { RuleFailures } from './rule-failures.js'
import { RulesInForce } from './rules-in-force.js'

/** What the service remembers, by the names the use case knows it under. */
export type FraudState = { profiles: typeof cardProfiles }
/** What it looks up of a card. */
export type FraudTables = { cards: typeof cards; verdicts: typeof cardVerdicts }

type Context = Pick<BatchContext<FraudState, FraudTables>, 'state' | 'tables'>

/** A transaction whose features are known. */
interface Seen {
  readonly message: Received<Transaction>
  readonly taken: TakenValues
  readonly observed: Observed
}

interface Judged extends Pick<Assessment, 'decision' | 'judgement'> {
  readonly message: Received<Transaction>
  readonly features: Features
}

/** Judges transactions: one decision each, an alert for those not approved, and what their terminals are to know. */
@Injectable()
export class AssessTransactions {
  constructor(
    @Inject(RulesInForce) private readonly rules: Pick<RulesInForce, 'current'>,
    @Inject(Tables) private readonly tables: Pick<Tables, 'of'>,
    private readonly metrics: FraudMetrics,
    private readonly failures: RuleFailures,
  ) {}

  run(batch: readonly Received<Transaction>[], context: Context): Outgoing[] {
    const rules = this.rules.current()
    const terminals = this.tables.of(terminalProfiles)
    const now = Date.now()
    return batch.flatMap((message) => {
      const seen = this.#see(message, context, terminals)
      return seen === undefined ? [] : this.#told(judged(seen, rules, null), now)
    })
  }

  /**
   * The same with a model, which is shown the whole batch at once. Each transaction leaves its profile before the next
   * one is seen, as without one; no other topic is asked after the model was, so that what it saw is what is recorded.
   */
  async runWithModel(batch: readonly Received<Transaction>[], context: Context, model: Pick<ModelSignals, 'of' | 'explain'>): Promise<Outgoing[]> {
    const rules = this.rules.current()
    const terminals = this.tables.of(terminalProfiles)
    const seen = batch.flatMap((message) => this.#see(message, context, terminals) ?? [])
    const { signals, failed } = await model.of(seen.map(({ observed }) => observed.features))
    const all = seen.map((one, index) => judged(one, rules, signals[index] ?? null))
    const unexplained = await model.explain(all)
    const now = Date.now()
    const [first] = seen
    const troubles = first === undefined ? [] : causedBy(first.message, [...failed, ...unexplained])
    return [...all.flatMap((one) => this.#told(one, now)), ...troubles]
  }

  /** Sees a transaction, and remembers it; undefined for one that was seen before. */
  #see(message: Received<Transaction>, { state, tables }: Context, terminals: TableView<TerminalProfile>): Seen | undefined {
    const { value: tx, origin } = message
    const taken = takenOf(tx, {
      card: tables.cards.get(tx.card_id),
      verdicts: tables.verdicts.get(tx.card_id),
      terminal: tx.terminal_id === null ? undefined : terminals.get(tx.terminal_id),
    })
    const observed = observe(tx, state.profiles.get(tx.card_id), taken, origin.offset)
    if (observed === 'duplicate') {
      this.metrics.seenBefore()
      return undefined
    }
    state.profiles.set(observed.profile)
    return { message, taken, observed }
  }

  /** Counts a decision; gives what is to be published of it. */
  #told({ message, decision: undated, judgement }: Judged, now: number): Outgoing[] {
    const { value: tx } = message
    const decision = { ...undated, decided_at: now }
    this.metrics.decided(judgement, now - tx.received_at)

    const events: Outgoing[] = [fraudDecisions.event(decision)]
    if (decision.outcome !== 'approve') events.push(fraudAlerts.event(alertOf(decision, tx)))
    const atTerminal = terminalEventOf(tx, decision.event_order)
    if (atTerminal !== undefined) events.push(transactionsByTerminal.event(atTerminal))
    return causedBy(message, [...events, ...this.#failed(judgement, now)])
  }

  #failed({ events }: Judgement, now: number): readonly Outgoing[] {
    return events.flatMap(({ rule, failure }) => (failure === undefined ? [] : this.failures.failed(rule.rule_id, failure, now)))
  }
}

function judged({ message, taken, observed }: Seen, rules: RuleSet, model: ModelSignal | null): Judged {
  const { decision, judgement } = decide(message.value, observed, taken, rules, message.origin, model)
  return { message, features: observed.features, decision, judgement }
}
