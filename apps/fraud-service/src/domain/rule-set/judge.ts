import type { Outcome, Reason, ShadowRule } from '@swipestream/contracts'
import type { FeatureValues } from '../rule-language/feature.js'
import { Failure } from '../rule-language/missing.js'
import { outcomeOf, REVIEW_AT, scoreOf } from '../score.js'
import type { RuleSet, SetRule } from './rule-set.js'

/** What the rules make of one transaction. */
export interface Judgement extends Verdict {
  /** The live rules that were asked: id to version. */
  readonly versions: Readonly<Record<string, number>>
  /**
   * What it would be with the shadow rules live, and their part in it. Nothing of it counts. Undefined when no shadow
   * rule fired or failed: it would be the same.
   */
  readonly shadow: Verdict | undefined
  /** The shadow rules that fired, by rule id: for the decision. One that failed is not among them. */
  readonly shadowRules: ShadowRule[]
  /** Every rule that did not just say no, live and shadow, in the order they were asked: for the counters. */
  readonly events: readonly RuleEvent[]
}

export interface Verdict {
  /** 0 to 1000. */
  readonly score: number
  readonly outcome: Outcome
  /** Greatest weight first; for equal weights by rule id. */
  readonly reasons: Reason[]
}

/** How one rule took a transaction. */
export interface RuleEvent {
  readonly rule: SetRule['rule']
  readonly fired: boolean
  /** What it had to do without (`no_place`), and the defaults it took (`default_limit`). */
  readonly notes: readonly string[]
  /** Why it could not be evaluated. */
  readonly failure?: string
}

/**
 * Judges a transaction by its features: every rule is asked, the weights of the live ones that fire make the score,
 * the score makes the outcome. Pure: the same set and values give the same judgement.
 *
 * A live rule that fails never lets a transaction pass: the score is lifted to at least `REVIEW_AT`, and a reason
 * names the rule and its failure. A shadow rule that fails changes nothing, and is counted.
 */
export function judge(set: RuleSet, values: FeatureValues): Judgement {
  const events: RuleEvent[] = []
  const live = ask(set.live, values, events)
  const shadow = ask(set.shadow, values, events)
  const { score, outcome, reasons } = verdictOf(live)
  return {
    score,
    outcome,
    reasons,
    versions: set.versions,
    shadow: shadow.length === 0 ? undefined : { ...verdictOf([...live, ...shadow]), reasons: verdictOf(shadow).reasons },
    shadowRules: shadow.flatMap(({ reason: { rule_id, rule_version }, failed }) => (failed ? [] : { rule_id, rule_version })),
    events,
  }
}

const noNotes: readonly string[] = []

/** What rules have to say: one that fired has a weight, one that failed none. */
interface Answer {
  readonly reason: Reason
  readonly failed: boolean
}

function ask(rules: readonly SetRule[], values: FeatureValues, events: RuleEvent[]): Answer[] {
  const answers: Answer[] = []
  for (const one of rules) {
    const result = resultOf(one, values)
    const defaults = one.defaults === undefined ? noNotes : one.defaults(values)
    // what most rules say of most transactions costs no more than this
    if (result === false && defaults.length === 0) continue
    const fired = result === true
    const failure = result instanceof Failure ? result.message : undefined
    const notes = result === undefined ? [...one.absences(values), ...defaults] : defaults
    if (fired) answers.push({ reason: reasonOf(one, values), failed: false })
    if (failure !== undefined) answers.push({ reason: failureOf(one, failure), failed: true })
    events.push({ rule: one.rule, fired, notes, ...(failure === undefined ? {} : { failure }) })
  }
  return answers
}

/** Failures are values; what is thrown all the same is a mistake of ours, and fails the rule alone. */
function resultOf(one: SetRule, values: FeatureValues): ReturnType<SetRule['run']> {
  try {
    return one.run(values)
  } catch (thrown) {
    return new Failure(String(thrown))
  }
}

function verdictOf(answers: readonly Answer[]): Verdict {
  if (answers.length === 0) return { score: 0, outcome: 'approve', reasons: [] }
  const score = scoreOf(answers.map(({ reason }) => reason.weight))
  const firstFailed = answers.find(({ failed }) => failed)
  const lift = firstFailed === undefined ? 0 : Math.max(0, REVIEW_AT - score)
  const reasons = answers.map((answer) => (answer === firstFailed ? { ...answer.reason, weight: lift } : answer.reason))
  return { score: score + lift, outcome: outcomeOf(score + lift), reasons: reasons.sort((a, b) => b.weight - a.weight) }
}

function reasonOf({ rule: { rule_id, version, weight }, explain }: SetRule, values: FeatureValues): Reason {
  return { rule_id, rule_version: version, weight, ...explain(values) }
}

function failureOf({ rule: { rule_id, version } }: SetRule, failure: string): Reason {
  return {
    rule_id,
    rule_version: version,
    weight: 0,
    text: `The rule ${rule_id} failed and could not judge (${failure}), so that an analyst must.`,
    evidence: [{ name: 'error', value: failure, unit: null }],
  }
}
