import { type FieldError, Problem } from '@swipestream/platform'
import { FraudRuleError, type RuleProblem } from '../domain/rule-language/errors.js'

/** What is wrong with a field of a rule, and where in its text. */
export interface RuleFieldError extends FieldError {
  readonly code: string
  /** From 1. */
  readonly line?: number
  /** From 1, in UTF-16 code units. */
  readonly column?: number
  readonly suggestion?: string
}

/** A problem of a rule as answers have it. */
export function fieldErrorOf({ code, field, message, position, suggestion }: RuleProblem): RuleFieldError {
  return { field, detail: message, code, ...position, ...(suggestion === undefined ? {} : { suggestion }) }
}

/** 422: fields of the body or headers are wrong. */
export function ruleInvalid(errors: readonly FieldError[]): Problem {
  return new Problem({
    status: 422,
    code: 'FRAUD_RULE_INVALID',
    title: 'The rule is not valid',
    detail: `nothing was changed; to be mended: ${[...new Set(errors.map(({ field }) => field))].join(', ')}`,
    errors,
  })
}

/** 422: the request is wrong, whatever the rule. */
export function requestInvalid(errors: readonly FieldError[]): Problem {
  return new Problem({ status: 422, code: 'REQUEST_INVALID', title: 'The request is not valid', detail: 'nothing was changed', errors })
}

/** 428 (RFC 6585): a change must say of which version it is. */
export function preconditionMissing(): Problem {
  return new Problem({
    status: 428,
    code: 'PRECONDITION_MISSING',
    title: 'The request does not say which version it changes',
    detail: 'send `If-Match: "<version>"` of the rule that you have seen, or `If-None-Match: *` for a new one',
  })
}

/** 404. @param unreadable why its record cannot be read, when there is one */
export function ruleNotFound(ruleId: string, unreadable?: Error): Problem {
  if (unreadable !== undefined) return ruleUnreadable(`the record of the rule ${ruleId} cannot be read, put it again: ${unreadable.message}`)
  return new Problem({ status: 404, code: 'FRAUD_RULE_UNKNOWN', title: 'There is no such rule, or no such version of it', detail: `there is no rule ${ruleId}` })
}

function ruleUnreadable(detail: string): Problem {
  return new Problem({ status: 404, code: 'FRAUD_RULE_UNREADABLE', title: 'The record of the rule cannot be read', detail })
}

/** The answer to a refused change. Anything else than a refusal is as it is. */
export function problemOf(error: unknown): unknown {
  if (!(error instanceof FraudRuleError)) return error
  const { code, message: detail, problems } = error
  switch (code) {
    case 'FRAUD_RULE_INVALID': return ruleInvalid(problems.map(fieldErrorOf))
    case 'FRAUD_RULE_CONFLICT': return new Problem({ status: 412, code, title: 'Another change came first', detail })
    case 'FRAUD_RULE_UNKNOWN': return new Problem({ status: 404, code, title: 'There is no such rule, or no such version of it', detail })
    case 'FRAUD_RULE_UNREADABLE': return ruleUnreadable(detail)
    case 'FRAUD_RULE_NOT_PROMOTABLE': return new Problem({ status: 409, code, title: 'The rule is live already', detail })
  }
}
