import { cards, customers, transactionsLog, type Topic } from '@swipestream/contracts'
import { describe, expect, it } from 'vitest'
import { piiOfKey, shown } from './mask.js'

const topic = transactionsLog as Topic<unknown>
const value = { transaction_id: 't1', card_id: 'v1.abc', card_bin: '400000', card_last4: '1234', terminal_id: null, place: { lat: 1, lon: 2 } }

describe('a value that is shown', () => {
  it('has a mask, which says why, where the schema says that a field is personal', () => {
    expect(shown(value, topic, false)).toMatchObject({ transaction_id: 't1', card_id: '[masked: pii pseudonymous]', card_bin: '400000', card_last4: '[masked: pii quasi]' })
  })

  it('is whole when it is to be revealed', () => {
    expect(shown(value, topic, true)).toEqual(value)
  })

  it('does not mask what is not there', () => {
    expect(shown({ card_last4: null }, topic, false)).toEqual({ card_last4: null })
  })
})

it('a key is personal when its field is', () => {
  expect([transactionsLog, cards, customers].map((each) => piiOfKey(each as Topic<unknown>))).toEqual(['pseudonymous', 'pseudonymous', 'pseudonymous'])
})
