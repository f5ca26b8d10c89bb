import { Injectable } from '@nestjs/common'
import type { FraudDecision, Verdict } from '@swipestream/contracts'
import { counter, histogram } from '@swipestream/platform'
import type { NewVerdicts } from '../db/feedback.repository.js'
import { detectionsOf } from '../domain/detections.js'
import { verdicts } from '../domain/feedback.js'
import { type FiredRule, firedRules } from '../domain/fired-rules.js'

/** From a minute to the gap that ends an episode. */
const detectionBuckets = [60, 600, 3_600, 21_600, 86_400, 604_800]
const changes = ['given', 'taken_back'] as const

/**
 * How good rules are, live and shadow ones alike, by what transactions turned out to be. This service alone holds both
 * sides, what was decided and what it really was, whoever said so: so the figures are made here.
 *
 * A transaction has one verdict, that of the newest answer; `given` less `taken_back` is how many stand. The same answer
 * again changes nothing, and is not counted.
 */
@Injectable()
export class RuleFigures {
  readonly #verdicts = counter({
    name: 'fraud_verdicts_total',
    help: 'Verdicts that transactions got (given) and lost to another one (taken_back), by whether the rules that fired on them are known',
    labels: ['verdict', 'rules', 'change'],
  })
  readonly #ruleVerdicts = counter({
    name: 'fraud_rule_verdicts_total',
    help: 'Verdicts that transactions a rule fired on got (given) and lost to another one (taken_back)',
    labels: ['rule', 'mode', 'verdict', 'change'],
  })
  readonly #detection = histogram({
    name: 'fraud_rule_detection_seconds',
    help: "From the first fraud of a card's episode to the first one the rule fired on, by event time, as far as confirmed then",
    labels: ['rule', 'mode'],
    buckets: detectionBuckets,
  })
  readonly #begun = new Set<string>()

  constructor() {
    for (const verdict of verdicts) for (const rules of ['known', 'unknown']) for (const change of changes) this.#verdicts.inc({ verdict, rules, change }, 0)
  }

  /** Begins the figures of the rules that fired at 0, days before their first verdict: Prometheus sees no increase in what is new. */
  decided(decisions: readonly Pick<FraudDecision, 'reasons' | 'shadow_rules'>[]): void {
    for (const decision of decisions) for (const rule of firedRules(decision) ?? []) this.#begin(rule)
  }

  /** Counts verdicts that transactions have got. A process that dies before has lost them, as it has its other counts. */
  judged({ changed, frauds }: NewVerdicts): void {
    for (const { before, verdict, ...decision } of changed) {
      const rules = firedRules(decision)
      this.#count(verdict, 'given', rules)
      if (before !== null) this.#count(before, 'taken_back', rules)
    }
    const known = frauds.map((fraud) => ({
      transactionId: fraud.transaction_id, cardId: fraud.card_id, occurredAt: fraud.occurred_at.getTime(), rules: firedRules(fraud) ?? [],
    }))
    for (const { rule, mode, seconds } of detectionsOf(known, new Set(changed.map(({ transaction_id }) => transaction_id)))) {
      this.#detection.observe({ rule, mode }, seconds)
    }
  }

  #count(verdict: Verdict, change: (typeof changes)[number], rules: readonly FiredRule[] | undefined): void {
    this.#verdicts.inc({ verdict, rules: rules === undefined ? 'unknown' : 'known', change })
    for (const { rule, mode } of rules ?? []) {
      this.#begin({ rule, mode })
      this.#ruleVerdicts.inc({ rule, mode, verdict, change })
    }
  }

  #begin({ rule, mode }: FiredRule): void {
    const key = `${mode} ${rule}`
    if (this.#begun.has(key)) return
    this.#begun.add(key)
    for (const verdict of verdicts) for (const change of changes) this.#ruleVerdicts.inc({ rule, mode, verdict, change }, 0)
    this.#detection.zero({ rule, mode })
  }
}
