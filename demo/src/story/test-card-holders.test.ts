import { expect, test } from 'vitest'
import { isLuhnValid } from '../generator/card-number.js'
import { testCardHolders } from './test-card-holders.js'

const { customers, cards } = testCardHolders(Date.UTC(2026, 0, 31), (number) => `token of ${number}`)

test('every person of the story holds one card, with a published number', () => {
  expect(cards.map(({ customer_id }) => customer_id)).toEqual(customers.map(({ customer_id }) => customer_id))
  expect(cards[0]).toMatchObject({ card_number: '4111111111111111', card_id: 'token of 4111111111111111', card_bin: '411111', card_last4: '1111' })
  for (const { card_number } of cards) expect([card_number, isLuhnValid(card_number)]).toEqual([card_number, true])
})
