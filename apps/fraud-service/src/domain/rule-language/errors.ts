/**
 * Everything that can be wrong with a rule.
 *
 * | code | meaning |
 * | --- | --- |
 * | `FRAUD_RULE_INVALID` | the rule is refused; its problems say why, each with a code of its own, below |
 * | `FRAUD_RULE_CONFLICT` | another change came first: the rule is not of the version that was expected |
 * | `FRAUD_RULE_UNKNOWN` | there is no rule of this id, or it has no such version |
 * | `FRAUD_RULE_NOT_PROMOTABLE` | the rule is live already |
 * | `FRAUD_RULE_UNREADABLE` | a record on `fraud_rules` cannot be read, and with it a rule |
 */
export type FraudRuleErrorCode =
  | 'FRAUD_RULE_INVALID' | 'FRAUD_RULE_CONFLICT' | 'FRAUD_RULE_UNKNOWN' | 'FRAUD_RULE_NOT_PROMOTABLE' | 'FRAUD_RULE_UNREADABLE'

/**
 * Why a rule is refused.
 *
 * | code | meaning |
 * | --- | --- |
 * | `FRAUD_RULE_SYNTAX` | not CEL, or a reason text with a brace too many |
 * | `FRAUD_RULE_UNKNOWN_FEATURE` | a name that is in no catalogue |
 * | `FRAUD_RULE_WRONG_TYPE` | an operator or a function is given what it does not take |
 * | `FRAUD_RULE_NOT_BOOL` | the expression does not answer yes or no |
 * | `FRAUD_RULE_TOO_COSTLY` | it is longer, deeper or dearer than allowed, or could run for longer than its length says |
 * | `FRAUD_RULE_UNSUPPORTED` | CEL which rules have no use for |
 * | `FRAUD_RULE_FIELD` | a field of the rule is missing, unknown or out of range |
 */
export type RuleProblemCode =
  | 'FRAUD_RULE_SYNTAX' | 'FRAUD_RULE_UNKNOWN_FEATURE' | 'FRAUD_RULE_WRONG_TYPE' | 'FRAUD_RULE_NOT_BOOL'
  | 'FRAUD_RULE_TOO_COSTLY' | 'FRAUD_RULE_UNSUPPORTED' | 'FRAUD_RULE_FIELD'

/** One thing that is wrong with a rule, and where. */
export interface RuleProblem {
  readonly code: RuleProblemCode
  /** The rule's field, such as `expression` or `reason`. */
  readonly field: string
  readonly message: string
  /** Where in the field's text; undefined when it is about all of it. */
  readonly position?: Position
  /** What to write instead, where that can be guessed. */
  readonly suggestion?: string
}

/** A place in a text, as editors count. */
export interface Position {
  /** From 1. */
  readonly line: number
  /** From 1, in UTF-16 code units. */
  readonly column: number
}

/** A rule, or a change of one, that is refused. */
export class FraudRuleError extends Error {
  constructor(
    readonly code: FraudRuleErrorCode,
    message: string,
    /** What is wrong, in the order of the text; empty unless `FRAUD_RULE_INVALID`. */
    readonly problems: readonly RuleProblem[] = [],
  ) {
    super(message)
    this.name = 'FraudRuleError'
  }
}

/** The refusal of a rule for its problems: at least one. */
export function invalidRule(problems: readonly RuleProblem[]): FraudRuleError {
  return new FraudRuleError('FRAUD_RULE_INVALID', problems.map(describe).join('\n'), problems)
}

function describe({ field, message, position, suggestion }: RuleProblem): string {
  const where = position === undefined ? field : `${field} ${position.line}:${position.column}`
  return `${where}: ${message}${suggestion === undefined ? '' : ` (${suggestion})`}`
}

/** Where in a text an offset is. */
export function positionOf(text: string, offset: number): Position {
  const before = text.slice(0, offset)
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
}
