import { AuthenticationError, MultipleErrors, NetworkError, ResponseError, UnsupportedCompressionError, UserError } from '@platformatic/kafka'
import { describe, expect, it } from 'vitest'
import { brokerSaidOnly, isAnswer, messagingError } from './errors.js'

const answer = (...codes: number[]) => new ResponseError(0, 9, Object.fromEntries(codes.map((code, i) => [`/${i}`, [code, null] as [number, null]])), {})

describe('messagingError', () => {
  it.each([
    ['KAFKA_REFUSED', 'wrong credentials, told by a connection', new NetworkError('failed', { cause: new AuthenticationError('SASL authentication failed.') })],
    ['KAFKA_REFUSED', 'of the first broker and of the second', new MultipleErrors('none', [new NetworkError('failed', { cause: new AuthenticationError('no') })])],
    ['KAFKA_REFUSED', 'no TLS where the broker wants it', new MultipleErrors('none', [new UserError('Broker requires TLS.')])],
    ['KAFKA_REFUSED', 'what may not be done', answer(53)],
    ['KAFKA_RECORD_TOO_LARGE', 'a record that is too large', answer(0, 10)],
    ['KAFKA_TOPIC_MISSING', 'a missing topic', answer(3)],
    ['KAFKA_UNSUPPORTED', 'a codec that the client has not', new UnsupportedCompressionError('bitmask 5')],
    ['KAFKA_UNSUPPORTED', 'a request that the broker does not know', answer(35)],
    ['KAFKA_CLIENT', 'a request that the broker does not understand', answer(42)],
    ['KAFKA_UNAVAILABLE', 'a broker that is away', new NetworkError('failed')],
    ['KAFKA_UNAVAILABLE', 'anything else', 'text'],
  ])('%s: %s', (code, _, error) => {
    expect(messagingError(error, 'Writing')).toMatchObject({ code })
  })
})

it('an answer is what a broker said, not what became of a connection', () => {
  expect(isAnswer(answer(3))).toBe(true)
  expect(isAnswer(new MultipleErrors('all', [new NetworkError('gone'), answer(3)]))).toBe(true)
  expect(isAnswer(new NetworkError('gone'))).toBe(false)
})

it('every error of an answer counts', () => {
  const passing = new Set(['NOT_COORDINATOR', 'CONCURRENT_TRANSACTIONS'])
  expect(brokerSaidOnly(answer(16, 51), passing)).toBe(true)
  expect(brokerSaidOnly(answer(16, 90), passing)).toBe(false)
  expect(brokerSaidOnly(new NetworkError('gone'), passing)).toBe(false)
})
