import { ContractError } from '@swipestream/contracts'
import { describe, expect, it } from 'vitest'
import { MessagingError } from '../errors.js'
import { failureCode, failureKind } from './failure.js'

const coded = (code: string) => Object.assign(new Error('it failed'), { code })

describe('failureKind', () => {
  it.each([
    ['what the error declares', new ContractError('AVRO_UNDECODABLE', 'no'), 'poison'],
    ['what the error declares', new MessagingError('KAFKA_UNAVAILABLE', 'no'), 'transient'],
    ['what the error declares', new MessagingError('KAFKA_REFUSED', 'no'), 'fatal'],
    ['what its cause declares', new Error('outer', { cause: new MessagingError('KAFKA_UNAVAILABLE', 'no') }), 'transient'],
    ['a refused connection', coded('ECONNREFUSED'), 'transient'],
    ['a lost connection of PostgreSQL', coded('08006'), 'transient'],
    ['PostgreSQL shutting down', coded('57P01'), 'transient'],
    ['too many connections', coded('53300'), 'transient'],
    ['a serialization failure', coded('40001'), 'transient'],
    ['a deadlock', coded('40P01'), 'transient'],
    ['a server that became read-only', coded('25006'), 'transient'],
    ['a fetch whose connection broke', new TypeError('fetch failed', { cause: coded('UND_ERR_SOCKET') }), 'transient'],
    ["TypeORM's wrapping of it", Object.assign(new Error('QueryFailedError'), { driverError: coded('57P03') }), 'transient'],
    ["pg's word for a lost connection", new Error('Connection terminated unexpectedly'), 'transient'],
    ["pg's word for a pool with no free connection", new Error('timeout exceeded when trying to connect'), 'transient'],
    ['a refused connection on every address', new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')]), 'transient'],
    ['a constraint', coded('23505'), 'unknown'],
    ['a bug', new TypeError('undefined is not a function'), 'unknown'],
    ['what is not an error', 'text', 'unknown'],
    ['a kind that is none', Object.assign(new Error('x'), { kind: 'odd' }), 'unknown'],
  ])('%s: %s', (_, error, kind) => {
    expect(failureKind(error)).toBe(kind)
  })
})

describe('failureCode', () => {
  it.each([
    [new ContractError('AVRO_UNDECODABLE', 'no'), 'AVRO_UNDECODABLE'],
    [coded('23505'), '23505'],
    [new Error('x'), 'HANDLER_FAILED'],
    [undefined, 'HANDLER_FAILED'],
  ])('%s: %s', (error, code) => {
    expect(failureCode(error)).toBe(code)
  })
})
