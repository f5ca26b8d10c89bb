import { describe, expect, it } from 'vitest'
import { binOf, holdsCardNumber, isLuhnValid, last4Of, parseCardNumber } from './card-number.js'

describe('a card number', () => {
  // Test numbers that the networks and processors publish, of each length in use.
  it.each(['4111111111111111', '5555555555554444', '378282246310005', '30569309025904', '4222222222222', '6304000000000000', '6205500000000000004', '501800000009'])(
    'is taken: %s',
    (number) => {
      expect(parseCardNumber(number)).toBe(number)
    },
  )

  it.each([
    ['4111 1111 1111 1111', 'blanks'],
    ['4111-1111-1111-1111', 'dashes'],
    [' 4111 1111-11111111 ', 'blanks around it'],
  ])('is taken without its separators: %s (%s)', (text) => {
    expect(parseCardNumber(text)).toBe('4111111111111111')
  })

  it.each([
    ['', 'nothing'],
    ['4111111111111112', 'wrong check digit'],
    ['1411111111111111', 'two digits changed places'],
    ['42222222222', '11 digits'],
    ['62055000000000000045', '20 digits'],
    ['4111.1111.1111.1111', 'dots'],
    ['4111111111111111\n', 'a line feed'],
    ['411111111111111a', 'a letter'],
    ['٤١١١١١١١١١١١١١١١', 'digits that are not ASCII'],
    ['4111\u00a01111\u00a01111\u00a01111', 'no-break blanks'],
  ])('is refused: %j (%s)', (text) => {
    expect(parseCardNumber(text)).toBeUndefined()
  })

  it('fails the check whenever one digit is changed', () => {
    const number = '5555555555554444'
    for (let at = 0; at < number.length; at++) {
      for (const digit of '0123456789') {
        const changed = number.slice(0, at) + digit + number.slice(at + 1)
        expect(isLuhnValid(changed), changed).toBe(changed === number)
      }
    }
  })

  it('shows its issuer and its last four digits', () => {
    const number = parseCardNumber('4012 8888 8888 1881')!
    expect([binOf(number), last4Of(number)]).toEqual(['401288', '1881'])
  })

  it('is found in a text, however it is written there', () => {
    const number = parseCardNumber('4111111111111111')!
    expect(holdsCardNumber('paid with 4111 1111-1111 1111, thanks', number)).toBe(true)
    expect(holdsCardNumber('order-04111111111111111', number)).toBe(true)
    expect(holdsCardNumber('paid with 5555 5555 5555 4444, thanks', number)).toBe(false)
  })
})
