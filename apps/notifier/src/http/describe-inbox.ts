import { applyDecorators } from '@nestjs/common'
import { ApiBody, ApiHeader, ApiOperation, ApiParam, ApiQuery, ApiResponse } from '@nestjs/swagger'
import { type ApiDescription, ApiProblem, ApiProblemForNow, ApiUnreadableBodies, awayFor, beginningOrEnding, Problem, textHeader } from '@swipestream/platform'
import { customerScheme } from './customer.guard.js'
import {
  alreadyAnswered, messageNotFound, nothingAsked, questionExpired, tokenExpired, tokenInvalid, tokenLivesTooLong, tokenMissing, tooManyStreams, tooManyStreamsOfCustomer,
} from './inbox-problems.js'
import { answerBody, defaultLimit, maxLimit } from './inbox-requests.js'
import { inboxView, messageView } from './inbox-view.js'
import { requestInvalid } from './requests.js'

/** Bodies and answers of the inbox by name. */
export const inboxTypes = {
  Inbox: [inboxView, 'output'],
  InboxMessage: [messageView, 'output'],
  InboxAnswer: [answerBody, 'input'],
} as const satisfies ApiDescription['types']

/** How customers authenticate. */
export const inboxSecuritySchemes: ApiDescription['securitySchemes'] = {
  [customerScheme]: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description:
      "What the bank's login gives the customer's app: a JWT, HS256, with the version of the key in CUSTOMER_TOKEN_KEYS as `kid`, `aud` `inbox`, `sub` the customer, `iat` and `exp`, 15 minutes apart at most.",
  },
}

const ref = (name: keyof typeof inboxTypes) => ({ $ref: `#/components/schemas/${name}` })
const json = (name: keyof typeof inboxTypes) => ({ 'application/json': { schema: ref(name) } })

const away = [awayFor('DATABASE_UNAVAILABLE', 'the database'), ...beginningOrEnding] as const
const challenge = { 'WWW-Authenticate': textHeader('How to authenticate (RFC 6750).', 'Bearer realm="swipestream"') }
const retryAfter = { 'Retry-After': textHeader('Seconds to wait before the next try.', '10') }

function operation(operationId: string, summary: string, description = ''): MethodDecorator {
  return applyDecorators(
    ApiOperation({ operationId, summary, description: `${description} Needs a token of the customer.`.trim() }),
    ApiProblem(
      [
        [tokenMissing(), 'no token was sent.'],
        [tokenExpired(), 'it has ended: the app gets a new one.'],
        [tokenLivesTooLong(), 'the login made one that is good for too long.'],
        [tokenInvalid('`aud` is missing or wrong'), 'it is not what it should be.'],
      ],
      challenge,
    ),
    ApiProblem([[new Problem({ status: 500, code: 'INTERNAL', detail: 'the service failed; it is logged' }), 'the fault is ours.']]),
  ) as MethodDecorator
}

const idParam = ApiParam({ name: 'id', schema: { type: 'string', pattern: '^[1-9][0-9]{0,18}$' }, example: '1042' })
const noMessage = ApiProblem([[messageNotFound(), 'the customer has no message of this id.']])
const place = { type: 'string', pattern: '^(0|[1-9][0-9]{0,18})$' } as const

/** Describes `GET /v1/inbox`. */
export function DescribeInbox(): MethodDecorator {
  return applyDecorators(
    operation('listInbox', 'The messages, newest first', 'By page: `next` is where the next one is. With `after`, what came since: of that the oldest first page, itself newest first.'),
    ApiQuery({ name: 'limit', required: false, description: 'Messages of a page at most.', schema: { type: 'integer', minimum: 1, maximum: maxLimit, default: defaultLimit } }),
    ApiQuery({ name: 'before', required: false, description: 'Only messages that came before the one of this id.', schema: place }),
    ApiQuery({ name: 'after', required: false, description: 'Only messages that came after the one of this id; not together with `before`.', schema: place }),
    ApiResponse({ status: 200, description: 'A page.', content: json('Inbox') }),
    ApiProblem([[requestInvalid([{ field: 'limit', detail: `must be a whole number, 1 to ${maxLimit}` }]), 'parameters are wrong: `errors` names each of them.']]),
    ApiProblemForNow(away),
  ) as MethodDecorator
}

/** Describes `GET /v1/inbox/stream`. */
export function DescribeStream(): MethodDecorator {
  return applyDecorators(
    operation(
      'streamInbox',
      'Messages as they come',
      'Server-sent events, for clients that can set headers. `message` has an InboxMessage as its data, and its id; `expired` is the last one when the token ends. A comment every 15 seconds shows that the connection is there. ' +
        'With `Last-Event-ID` what came after that message comes first, without gap or double; without it, only what comes from now on.',
    ),
    ApiHeader({ name: 'Last-Event-ID', required: false, description: 'The id of the last message that the client has; 0 for all there are.', schema: place, example: '1042' }),
    ApiResponse({
      status: 200,
      description: 'The stream. It ends with the token, and when the instance stops: connect again with `Last-Event-ID`.',
      content: { 'text/event-stream': { schema: { type: 'string' }, example: 'id: 1042\nevent: message\ndata: {"id":"1042",…}\n\n' } },
    }),
    ApiProblem([[requestInvalid([{ field: 'header.Last-Event-ID', detail: 'must be the id of a message, or 0' }]), 'the header is wrong.']]),
    ApiProblem([[tooManyStreamsOfCustomer(), 'the customer has ten streams at this instance.']], retryAfter),
    ApiProblemForNow([...away, [tooManyStreams(), 'the instance has as many as it takes.']]),
  ) as MethodDecorator
}

/** Describes `POST /v1/inbox/{id}/read`. */
export function DescribeRead(): MethodDecorator {
  return applyDecorators(
    operation('readMessage', 'Mark a message as read', 'Once: again changes nothing.'),
    idParam,
    ApiResponse({ status: 204, description: 'It is marked.' }),
    noMessage,
    ApiProblemForNow(away),
  ) as MethodDecorator
}

/** Describes `POST /v1/inbox/{id}/answer`. */
export function DescribeAnswer(): MethodDecorator {
  return applyDecorators(
    operation('answerMessage', 'Answer "was this you?"', 'Once, by whichever way comes first; the same answer again is answered the same.'),
    idParam,
    ApiBody({ required: true, schema: ref('InboxAnswer') }),
    ApiResponse({ status: 200, description: 'The message as it stands now.', content: json('InboxMessage') }),
    ApiUnreadableBodies('64 kB'),
    noMessage,
    ApiProblem([
      [alreadyAnswered(), 'it was answered otherwise before.'],
      [questionExpired(), 'its time is over.'],
      [nothingAsked(), 'there is no question to the message.'],
    ]),
    ApiProblem([[requestInvalid([{ field: 'answer', detail: 'must be one of yes, no' }]), 'fields of the body are wrong.']]),
    ApiProblemForNow(away),
  ) as MethodDecorator
}
