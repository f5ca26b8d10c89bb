import { Injectable, Logger } from '@nestjs/common'
import { counter } from '@swipestream/platform'
import type { Judgement } from '../domain/rule-set/judge.js'

/** A rule that fails for every transaction is logged so often, and counted every time. */
const FAILURE_LOG_INTERVAL_MS = 60_000

/**
 * Counts what is decided and why. A batch that is judged again, because its outputs could not be published, counts
 * again: these are figures of work done, the topics hold the decisions.
 */
@Injectable()
export class FraudMetrics {
  readonly #logger = new Logger(FraudMetrics.name)
  readonly #loggedAt = new Map<string, number>()

  readonly #decisions = counter({ name: 'fraud_decisions_total', help: 'Decisions made, by outcome', labels: ['outcome'] })
  readonly #hits = counter({ name: 'fraud_rule_hits_total', help: 'Transactions a rule fired for', labels: ['rule'] })
  readonly #notes = counter({
    name: 'fraud_rule_notes_total',
    help: 'Transactions a rule could not fully see (no_place, no_earlier_place) or had to assume something for (default_limit)',
    labels: ['rule', 'note'],
  })
  readonly #failures = counter({
    name: 'fraud_rule_failures_total', help: 'Transactions a rule failed to judge; they went to review', labels: ['rule'],
  })
  readonly #seenBefore = counter({
    name: 'fraud_redelivered_total', help: 'Records that were judged before and skipped: their decisions are published',
  })

  decided({ outcome, events }: Pick<Judgement, 'outcome' | 'events'>): void {
    this.#decisions.inc({ outcome })
    for (const { rule: { rule_id: rule }, fired, notes, failure } of events) {
      if (fired) this.#hits.inc({ rule })
      for (const note of notes) this.#notes.inc({ rule, note })
      if (failure !== undefined) this.#failed(rule, failure)
    }
  }

  seenBefore(): void {
    this.#seenBefore.inc()
  }

  #failed(rule: string, failure: string): void {
    this.#failures.inc({ rule })
    const now = Date.now()
    if (now - (this.#loggedAt.get(rule) ?? -Infinity) < FAILURE_LOG_INTERVAL_MS) return
    this.#loggedAt.set(rule, now)
    this.#logger.error(`rule ${rule} failed, its transactions go to review; further failures are counted in fraud_rule_failures_total: ${failure}`)
  }
}
