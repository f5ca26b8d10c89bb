import { describe, expect, it } from 'vitest'
import { CodedError, kindOf, toError } from './errors.js'

describe('kindOf', () => {
  it('is what the error says, whichever class it is of', () => {
    expect(kindOf(new CodedError('X', 'transient', 'x'))).toBe('transient')
    expect(kindOf(Object.assign(new Error('x'), { kind: 'poison' }))).toBe('poison')
  })

  it.each([new Error('x'), Object.assign(new Error('x'), { kind: 'other' }), 'text', null, undefined])(
    'is unknown when %s says nothing of use',
    (thrown) => {
      expect(kindOf(thrown)).toBe('unknown')
    },
  )
})

describe('toError', () => {
  it('keeps errors and wraps anything else', () => {
    const error = new Error('x')
    expect(toError(error)).toBe(error)
    expect(toError('oops').message).toContain('oops')
  })
})
