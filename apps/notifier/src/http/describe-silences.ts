import { applyDecorators } from '@nestjs/common'
import { ApiBody, ApiOperation, ApiParam, ApiQuery, ApiResponse } from '@nestjs/swagger'
import { type ApiDescription, ApiProblem, ApiProblemForNow, ApiRefusals, ApiUnreadableBodies, awayFor, beginningOrEnding, type ScopeOf } from '@swipestream/platform'
import { longestSilenceDays, silenceBody } from '../app/new-silence.js'
import { requestInvalid } from './requests.js'
import { silenceNotFound } from './silence-problems.js'
import { silencesView, silenceView } from './silence-view.js'

/** Bodies and answers of the silences by name. */
export const silenceTypes = {
  Silence: [silenceView, 'output'],
  Silences: [silencesView, 'output'],
  NewSilence: [silenceBody, 'input'],
} as const satisfies ApiDescription['types']

const ref = (name: keyof typeof silenceTypes) => ({ $ref: `#/components/schemas/${name}` })
const json = (name: keyof typeof silenceTypes) => ({ 'application/json': { schema: ref(name) } })

const away = [awayFor('DATABASE_UNAVAILABLE', 'the database'), ...beginningOrEnding] as const

function operation(operationId: string, scope: ScopeOf<'NOTIFIER_API_KEYS'>, summary: string, description = ''): MethodDecorator {
  return applyDecorators(
    ApiOperation({ operationId, summary, description: `${description} Needs the scope \`${scope}\`.`.trim() }),
    ApiRefusals(scope),
    ApiProblemForNow(away),
  ) as MethodDecorator
}

/** Describes `POST /v1/silences`. */
export function DescribeAddSilence(): MethodDecorator {
  return applyDecorators(
    operation('addSilence', 'silences:write', 'Silence ops alerts for a while', 'Of one of `service`, `code` and `subject` at least; an alert is silenced when all that are said are its own.'),
    ApiBody({ required: true, schema: ref('NewSilence') }),
    ApiResponse({ status: 201, description: 'It holds from now on.', content: json('Silence') }),
    ApiUnreadableBodies('64 kB'),
    ApiProblem([[requestInvalid([{ field: 'until', detail: `must be ${longestSilenceDays} days from now at most` }]), 'fields of the body are wrong: `errors` names each of them.']]),
  ) as MethodDecorator
}

/** Describes `GET /v1/silences`. */
export function DescribeListSilences(): MethodDecorator {
  return applyDecorators(
    operation('listSilences', 'silences:read', 'The silences'),
    ApiQuery({ name: 'all', required: false, description: '`true`: also those that are over; the newest 500, newest first.', schema: { type: 'string', enum: ['true', 'false'], default: 'false' } }),
    ApiResponse({ status: 200, description: 'Those that hold, oldest first.', content: json('Silences') }),
    ApiProblem([[requestInvalid([{ field: 'all', detail: 'must be true or false' }]), 'parameters are wrong.']]),
  ) as MethodDecorator
}

/** Describes `DELETE /v1/silences/{id}`. */
export function DescribeEndSilence(): MethodDecorator {
  return applyDecorators(
    operation('endSilence', 'silences:write', 'End a silence', 'What it silenced until then is not sent any more. Again, or when it is over, changes nothing.'),
    ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' }, example: '019bfc55-1f0e-7a90-8d3c-2b9f60a4c7e1' }),
    ApiResponse({ status: 204, description: 'It holds no more.' }),
    ApiProblem([[silenceNotFound(), 'there is none of this id.']]),
  ) as MethodDecorator
}
