import { applyDecorators } from '@nestjs/common'
import { ApiBody, ApiHeader, ApiOperation, ApiParam, ApiQuery, ApiResponse } from '@nestjs/swagger'
import {
  type ApiDescription, ApiProblem, ApiProblemForNow, ApiRefusals, ApiUnreadableBodies, awayFor, beginningOrEnding, Problem, type ScopeOf, textHeader,
} from '@swipestream/platform'
import { FraudRuleError, type FraudRuleErrorCode } from '../domain/rule-language/errors.js'
import { promoteBody, rollbackBody, tryBody } from './change-requests.js'
import { versionPattern } from './expected-version.js'
import { featuresView } from './feature-view.js'
import { ruleProblemSchema } from './problem-schema.js'
import { preconditionMissing, problemOf, requestInvalid, ruleInvalid, ruleNotFound } from './problems.js'
import { draftBody, historyView, modes, rulesView, ruleView } from './rule-view.js'
import { triedView } from './try-view.js'

const types = {
  Rule: [ruleView, 'output'],
  Rules: [rulesView, 'output'],
  History: [historyView, 'output'],
  Draft: [draftBody, 'input'],
  Promotion: [promoteBody, 'input'],
  Rollback: [rollbackBody, 'input'],
  Try: [tryBody, 'input'],
  Tried: [triedView, 'output'],
  Features: [featuresView, 'output'],
  Problem: [ruleProblemSchema, 'output'],
} as const satisfies ApiDescription['types']

/** What the document says apart from the routes. */
export const rulesApi: ApiDescription = {
  title: 'Swipestream fraud rules',
  description: 'Reads and changes the rules that transactions are judged by. A change is seen by every instance within a second.',
  types,
}

const ref = (name: keyof typeof types) => ({ $ref: `#/components/schemas/${name}` })
const jsonOf = (name: keyof typeof types) => ({ 'application/json': { schema: ref(name) } })

const refusal = (code: FraudRuleErrorCode, message: string) => problemOf(new FraudRuleError(code, message)) as Problem
const noRule = [ruleNotFound('large_amont'), 'there is no rule of this id.'] as const
const lostRule = [ruleNotFound('large_amount', new Error('unknown schema id 77')), 'nobody can read the record of the rule: it fails until it is put again.'] as const
const noVersion = [refusal('FRAUD_RULE_UNKNOWN', 'the rule large_amount has no version 7, or no longer'), 'there is no rule of this id, or no such version of it.'] as const
const conflict = [refusal('FRAUD_RULE_CONFLICT', 'the rule large_amount is at version 4, version 3 was expected: look at it and try again'), 'another change came first.'] as const
const wrongRequest = [requestInvalid([{ field: 'header.If-Match', detail: 'must be one version in quotes, as ETag has it: "3"' }]), 'fields of the body, the query or a header are wrong.'] as const
const badField = { field: 'expression', detail: 'there is no feature tx.amuont', code: 'FRAUD_RULE_UNKNOWN_FEATURE', line: 1, column: 1, suggestion: 'did you mean tx.amount?' }
const wrongRule = [ruleInvalid([badField]), 'the rule cannot be evaluated: `errors` names each fault, and where it stands.'] as const

const away = [awayFor('KAFKA_UNAVAILABLE', 'Kafka'), awayFor('REGISTRY_UNAVAILABLE', 'the schema registry'), ...beginningOrEnding] as const

const etag = { ETag: textHeader('The version, for `If-Match` of the next change.', '"3"') }

function operation(operationId: string, scope: ScopeOf<'RULES_API_KEYS'>, summary: string, description = ''): MethodDecorator {
  return applyDecorators(
    ApiOperation({ operationId, summary, description: `${description} Needs the scope \`${scope}\`.`.trim() }),
    ApiRefusals(scope),
  ) as MethodDecorator
}

const ruleIdParam = ApiParam({ name: 'id', schema: { type: 'string', pattern: '^[a-z][a-z0-9_]{0,63}$' }, example: 'large_amount' })

const changedRule = ApiResponse({ status: 200, description: 'The rule as it stands now. Its version is the old one when nothing changed.', headers: etag, content: jsonOf('Rule') })

const optionalIfMatch = ApiHeader({
  name: 'If-Match', required: false, schema: { type: 'string', pattern: versionPattern }, example: '"3"',
  description: 'The version that is to be changed, in quotes. Without it the rule is changed whichever it has.',
})

/** Describes `GET /v1/rules`. */
export function DescribeListRules(): MethodDecorator {
  return applyDecorators(
    operation('listRules', 'rules:read', 'The rules'),
    ApiQuery({ name: 'mode', required: false, schema: { type: 'string', enum: [...modes] }, description: 'Only those of this mode.' }),
    ApiResponse({ status: 200, description: 'By id, as this instance has them.', content: jsonOf('Rules') }),
    ApiProblem([wrongRequest]),
    ApiProblemForNow(beginningOrEnding),
  ) as MethodDecorator
}

/** Describes `GET /v1/rules/{id}`. */
export function DescribeShowRule(): MethodDecorator {
  return applyDecorators(
    operation('showRule', 'rules:read', 'A rule'),
    ruleIdParam,
    ApiResponse({ status: 200, description: 'The rule as this instance has it.', headers: etag, content: jsonOf('Rule') }),
    ApiProblem([noRule, lostRule]),
    ApiProblemForNow(beginningOrEnding),
  ) as MethodDecorator
}

/** Describes `GET /v1/rules/{id}/history`. */
export function DescribeHistory(): MethodDecorator {
  return applyDecorators(
    operation('ruleHistory', 'rules:read', 'The versions of a rule'),
    ruleIdParam,
    ApiResponse({ status: 200, description: 'What stands, and what stood before it.', content: jsonOf('History') }),
    ApiProblem([noRule, lostRule]),
    ApiProblemForNow(beginningOrEnding),
  ) as MethodDecorator
}

/** Describes `PUT /v1/rules/{id}`. */
export function DescribePutRule(): MethodDecorator {
  return applyDecorators(
    operation('putRule', 'rules:write', 'Make a rule, or its next version', 'A body that says what the rule says already makes no version.'),
    ruleIdParam,
    ApiHeader({ name: 'If-Match', required: false, description: 'The version that is to be changed, in quotes. This or the next is required.', schema: { type: 'string', pattern: versionPattern }, example: '"3"' }),
    ApiHeader({ name: 'If-None-Match', required: false, description: '`*`: the rule is to be new.', schema: { type: 'string', enum: ['*'] } }),
    ApiBody({ required: true, schema: ref('Draft') }),
    changedRule,
    ApiResponse({ status: 201, description: 'The new rule.', headers: { ...etag, Location: textHeader('Where it is.', '/v1/rules/large_amount') }, content: jsonOf('Rule') }),
    ApiUnreadableBodies('64 kB'),
    ApiProblem([conflict]),
    ApiProblem([wrongRule, wrongRequest]),
    ApiProblem([[preconditionMissing(), 'neither `If-Match` nor `If-None-Match` was sent.']]),
    ApiProblemForNow(away),
  ) as MethodDecorator
}

/** Describes `POST /v1/rules/{id}/promote`. */
export function DescribePromote(): MethodDecorator {
  return applyDecorators(
    operation('promoteRule', 'rules:write', 'Bring a rule one step further', 'From off to shadow, from shadow to live.'),
    ruleIdParam,
    optionalIfMatch,
    ApiBody({ required: false, schema: ref('Promotion') }),
    changedRule,
    ApiUnreadableBodies('64 kB'),
    ApiProblem([noRule]),
    ApiProblem([[refusal('FRAUD_RULE_NOT_PROMOTABLE', 'the rule large_amount is live already'), 'the rule is live already.']]),
    ApiProblem([conflict]),
    ApiProblem([wrongRule, wrongRequest]),
    ApiProblemForNow(away),
  ) as MethodDecorator
}

/** Describes `POST /v1/rules/{id}/rollback`. */
export function DescribeRollBack(): MethodDecorator {
  return applyDecorators(
    operation('rollBackRule', 'rules:write', 'Bring back an earlier version', 'Its words, mode included, become a new version: no number is used twice.'),
    ruleIdParam,
    optionalIfMatch,
    ApiBody({ required: true, schema: ref('Rollback') }),
    changedRule,
    ApiUnreadableBodies('64 kB'),
    ApiProblem([noVersion]),
    ApiProblem([conflict]),
    ApiProblem([wrongRule, wrongRequest]),
    ApiProblemForNow(away),
  ) as MethodDecorator
}

/** Describes `POST /v1/rules/test`. */
export function DescribeTryRule(): MethodDecorator {
  return applyDecorators(
    operation('testRule', 'rules:read', 'Try a rule', 'Says whether it could be put, and with values what it makes of them. Changes nothing.'),
    ApiBody({ required: true, schema: ref('Try') }),
    ApiResponse({ status: 200, description: 'What it came to, also when the rule is wrong.', content: jsonOf('Tried') }),
    ApiUnreadableBodies('64 kB'),
    ApiProblem([wrongRequest]),
    ApiProblemForNow(beginningOrEnding),
  ) as MethodDecorator
}

/** Describes `GET /v1/features`. */
export function DescribeFeatures(): MethodDecorator {
  return applyDecorators(
    operation('listFeatures', 'rules:read', 'What rules can ask about'),
    ApiResponse({ status: 200, description: 'Every feature, in the order of the catalogue.', content: jsonOf('Features') }),
    ApiProblemForNow(beginningOrEnding),
  ) as MethodDecorator
}
