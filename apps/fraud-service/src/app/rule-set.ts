import type { FraudRule } from '@swipestream/contracts'
import { ruleFeatures } from '../domain/features/catalogue.js'
import { languageOf } from '../domain/rule-language/language.js'
import { type RuleSet as Rules, ruleSetOf } from '../domain/rule-set/rule-set.js'

/** The rules in force. */
export class RuleSet {
  readonly #rules: Rules

  constructor(rules: Iterable<FraudRule>) {
    this.#rules = ruleSetOf(languageOf(ruleFeatures), rules)
  }

  /** Those to judge a batch by: one batch sees one set. */
  current(): Rules {
    return this.#rules
  }
}
