import { Injectable } from '@nestjs/common'
import type { Rule } from '../domain/rule.js'
import { impossibleTravel } from '../domain/rules/impossible-travel.js'
import { largeAmount } from '../domain/rules/large-amount.js'

/** The rules in force. */
@Injectable()
export class RuleSet {
  readonly #rules: readonly Rule[] = [largeAmount(), impossibleTravel()]

  /** Those to judge a batch by: one batch sees one set. */
  current(): readonly Rule[] {
    return this.#rules
  }
}
