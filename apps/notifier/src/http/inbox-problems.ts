import { Problem } from '@swipestream/platform'
import { longestTokenSeconds } from '../app/customer-tokens.js'

/** Error answers of the inbox. */

function refused(code: string, detail: string, error: string): Problem {
  return new Problem({
    status: 401,
    code,
    title: 'The request carries no valid customer token',
    detail,
    headers: { 'www-authenticate': `Bearer realm="swipestream"${error}` },
  })
}

const invalidToken = (description: string): string => `, error="invalid_token", error_description="${description}"`

/** 401, with the challenge of RFC 6750 section 3. */
export const tokenMissing = (): Problem => refused('TOKEN_MISSING', 'send a token of the customer as `Authorization: Bearer <token>`', '')

/** 401: get a new one. */
export const tokenExpired = (): Problem => refused('TOKEN_EXPIRED', 'the token has ended; get a new one from the login', invalidToken('the token has ended'))

/** 401: the login must be mended. */
export const tokenLivesTooLong = (): Problem =>
  refused('TOKEN_LIVES_TOO_LONG', `from \`iat\` to \`exp\` a token may have ${longestTokenSeconds} seconds at most`, invalidToken('the token lives too long'))

/** 401. @param why without anything of the token */
export const tokenInvalid = (why: string): Problem => refused('TOKEN_INVALID', `the token is not valid: ${why}`, invalidToken('the token is not valid'))

export const messageNotFound = (): Problem =>
  new Problem({ status: 404, code: 'MESSAGE_NOT_FOUND', title: 'There is no such message', detail: 'the inbox has no message of this id' })

export const alreadyAnswered = (): Problem =>
  new Problem({ status: 409, code: 'ALREADY_ANSWERED', title: 'The question was answered before', detail: 'the question was answered otherwise before; the bank must be called to change that' })

export const questionExpired = (): Problem =>
  new Problem({ status: 409, code: 'QUESTION_EXPIRED', title: 'The question can be answered no more', detail: 'the time to answer is over; the bank must be called' })

export const nothingAsked = (): Problem => new Problem({ status: 409, code: 'NOTHING_ASKED', title: 'The message asks nothing', detail: 'the message asks nothing' })

export const tooManyStreamsOfCustomer = (): Problem =>
  new Problem({
    status: 429,
    code: 'TOO_MANY_STREAMS',
    title: 'The customer has too many streams',
    detail: 'close one of the streams of this customer first',
    headers: { 'retry-after': '10' },
  })

export const tooManyStreams = (): Problem => Problem.unavailable('STREAMS_FULL', 'this instance has as many streams as it takes; try again', 5)
