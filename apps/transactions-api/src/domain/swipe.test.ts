import { describe, expect, it } from 'vitest'
import { parseCardNumber } from './card-number.js'
import { statusOf, transactionOf, type Swipe } from './swipe.js'

const acceptance = { transactionId: '01938f4e-7a5c-7bbb-8f5e-0123456789ab', cardId: 'v1.token', receivedAt: 1_732_492_800_123 }
const least: Swipe = { card_number: parseCardNumber('4111111111111111')!, amount_minor: 1250, currency: 'EUR', merchant_id: 'm-1' }

describe('an accepted swipe', () => {
  it('becomes a transaction that has the token in the place of the number', () => {
    const swipe: Swipe = {
      ...least,
      merchant_name: 'Café Central',
      merchant_category: '5812',
      terminal_id: 't-7',
      entry_mode: 'chip',
      place: { latitude: 48.21, longitude: 16.3655 },
      country: 'AT',
      occurred_at: 1_732_492_700_000,
    }
    const transaction = transactionOf(swipe, acceptance)
    expect(transaction).toEqual({
      transaction_id: acceptance.transactionId,
      card_id: 'v1.token',
      card_bin: '411111',
      card_last4: '1111',
      amount_minor: 1250,
      currency: 'EUR',
      merchant_id: 'm-1',
      merchant_name: 'Café Central',
      merchant_category: '5812',
      terminal_id: 't-7',
      entry_mode: 'chip',
      place: { latitude: 48.21, longitude: 16.3655 },
      country: 'AT',
      occurred_at: 1_732_492_700_000,
      received_at: acceptance.receivedAt,
    })
    expect(JSON.stringify(transaction)).not.toContain('4111111111111111')
  })

  it('happened when it was received, by an unknown entry mode, where the terminal says nothing', () => {
    expect(transactionOf(least, acceptance)).toMatchObject({
      occurred_at: acceptance.receivedAt,
      entry_mode: 'unknown',
      place: null,
      country: null,
      merchant_name: null,
      merchant_category: null,
      terminal_id: null,
    })
  })
})

describe('the status', () => {
  it.each([
    ['approve', 'approved'],
    ['review', 'in_review'],
    ['decline', 'declined'],
  ] as const)('after the outcome %s is %s', (outcome, status) => {
    expect(statusOf(outcome)).toBe(status)
  })
})
