import { Injectable } from '@nestjs/common'
import { counter, histogram, LATENCY_BUCKETS_SECONDS } from '@swipestream/platform'
import type { Judgement } from '../domain/rule-set/judge.js'

/**
 * Counts what is decided and why. A batch that is judged again, because its outputs could not be published, counts
 * again: these are figures of work done, the topics hold the decisions.
 */
@Injectable()
export class FraudMetrics {
  readonly #decisions = counter({ name: 'fraud_decisions_total', help: 'Decisions made, by outcome', labels: ['outcome'] })
  readonly #latency = histogram({
    name: 'fraud_decision_latency_seconds',
    help: "From a swipe's acceptance by transactions-api to its decision; what is not approved is an alert then",
    labels: ['outcome'],
    buckets: [...LATENCY_BUCKETS_SECONDS, 60, 300],
  })
  readonly #hits = counter({ name: 'fraud_rule_hits_total', help: 'Transactions a rule fired for', labels: ['rule', 'mode'] })
  readonly #notes = counter({
    name: 'fraud_rule_notes_total',
    help: 'Transactions a rule could not fully see (no_place, no_earlier_place) or had to assume something for (default_limit)',
    labels: ['rule', 'note'],
  })
  readonly #shadow = counter({
    name: 'fraud_shadow_decisions_total',
    help: 'Transactions that shadow rules fired for: what was decided, and what would be with these rules live',
    labels: ['outcome', 'candidate'],
  })
  readonly #seenBefore = counter({
    name: 'fraud_redelivered_total', help: 'Records that were judged before and skipped: their decisions are published',
  })

  /** @param sinceAcceptedMs for how long the swipe had been known to the system, by the clocks of two machines */
  decided({ outcome, events, shadow }: Pick<Judgement, 'outcome' | 'events' | 'shadow'>, sinceAcceptedMs: number): void {
    this.#decisions.inc({ outcome })
    this.#latency.observe({ outcome }, Math.max(0, sinceAcceptedMs) / 1_000)
    if (shadow !== undefined) this.#shadow.inc({ outcome, candidate: shadow.outcome })
    for (const { rule: { rule_id: rule, mode }, fired, notes } of events) {
      if (fired) this.#hits.inc({ rule, mode })
      for (const note of notes) this.#notes.inc({ rule, note })
    }
  }

  seenBefore(): void {
    this.#seenBefore.inc()
  }
}
