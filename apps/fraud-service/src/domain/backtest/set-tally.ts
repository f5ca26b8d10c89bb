import type { Outcome, RuleMode } from '@swipestream/contracts'
import type { Judgement } from '../rule-set/judge.js'
import type { RuleSet } from '../rule-set/rule-set.js'
import { MAX_SCORE } from '../score.js'
import { type FiringFigures, Firings, rounded, type Whole } from './firings.js'
import type { Episode } from './fraud-episodes.js'
import { averagePrecision, type RankStep, rocAuc } from './ranking.js'

/** A live or shadow rule. */
export interface RuleFigures extends FiringFigures {
  readonly rule_id: string
  readonly mode: RuleMode
  readonly weight: number
  /** Transactions it could not judge, and why it could not judge the first of them. */
  readonly failed: number
  readonly failure: string | null
}

/** A rule set as a whole. */
export interface SetFigures {
  readonly outcomes: Readonly<Record<Outcome, number>>
  /** Transactions that are not approved: what somebody must look at. */
  readonly alerts: FiringFigures
  /** Of the decision's score over labelled transactions; null without both kinds. */
  readonly auc: number | null
  readonly averagePrecision: number | null
  /** By id. */
  readonly rules: readonly RuleFigures[]
}

/** A judged transaction, as figures see it. */
export interface Counted {
  /** Milliseconds since the Unix epoch. */
  readonly at: number
  readonly fraud: boolean | null
  /** Of a fraud. */
  readonly episode: Episode | undefined
}

interface RuleTally {
  readonly mode: RuleMode
  readonly weight: number
  readonly firings: Firings
  failed: number
  failure: string | null
}

/** Counts what a rule set makes of transactions. Memory is by rules, scores and detected episodes. */
export class SetTally {
  readonly #rules: ReadonlyMap<string, RuleTally>
  readonly #alerts = new Firings()
  readonly #outcomes: Record<Outcome, number> = { approve: 0, review: 0, decline: 0 }
  /** Labelled transactions by score: scores are whole numbers, so that their ranking needs no list of them. */
  readonly #scores = Array.from({ length: MAX_SCORE + 1 }, () => ({ frauds: 0, others: 0 }))

  constructor(set: RuleSet) {
    const asked = [...set.live, ...set.shadow].sort((a, b) => (a.rule.rule_id < b.rule.rule_id ? -1 : 1))
    this.#rules = new Map(asked.map(({ rule: { rule_id, mode, weight } }) => [rule_id, { mode, weight, firings: new Firings(), failed: 0, failure: null }]))
  }

  add({ score, outcome, events }: Judgement, { at, fraud, episode }: Counted): void {
    this.#outcomes[outcome]++
    if (outcome !== 'approve') this.#alerts.add(at, fraud, episode)
    const step = this.#scores[score]
    if (fraud !== null && step !== undefined) step[fraud ? 'frauds' : 'others']++
    for (const { rule, fired, failure } of events) {
      const counts = this.#rules.get(rule.rule_id)
      if (counts === undefined) continue
      if (fired) counts.firings.add(at, fraud, episode)
      if (failure === undefined) continue
      counts.failed++
      counts.failure ??= failure
    }
  }

  figures(whole: Whole): SetFigures {
    const steps: RankStep[] = this.#scores.toReversed()
    return {
      outcomes: { ...this.#outcomes },
      alerts: this.#alerts.figures(whole),
      auc: rounded(rocAuc(steps)),
      averagePrecision: rounded(averagePrecision(steps)),
      rules: Array.from(this.#rules, ([rule_id, { mode, weight, firings, failed, failure }]) => ({ rule_id, mode, weight, ...firings.figures(whole), failed, failure })),
    }
  }
}
