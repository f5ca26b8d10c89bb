import { expect, it } from 'vitest'
import { ruleFeatures } from '../features/catalogue.js'
import { catalogueOf, type Feature, valuesOf } from './feature.js'

const amount: Feature = { name: 'tx.amount', property: 'amount', type: 'number', unit: null, meaning: 'What is to be paid.' }

it.each([
  ['is there twice', [amount, amount], /twice/],
  ['has no group', [{ ...amount, name: 'amount' }], /group\.name/],
  ['has a part too many', [{ ...amount, name: 'tx.amount.eur' }], /group\.name/],
  ['rules cannot write', [{ ...amount, name: 'tx.Amount' }], /group\.name/],
  ['has its currency in one that is not there', [{ ...amount, unit: 'tx.currency' }], /tx\.currency/],
  ['is measured from one that is not there', [{ ...amount, absent: { note: 'none', measuredFrom: 'tx.place' } }], /tx\.place/],
] as const)('a catalogue takes no feature that %s', (_, features, message) => {
  expect(() => catalogueOf(features)).toThrow(message)
})

it('lays out values by property, absent where none is given', () => {
  const values = valuesOf(ruleFeatures, { 'tx.amount': 5, 'card.count_1h': 0 })
  expect(Object.keys(values)).toEqual(ruleFeatures.features.map(({ property }) => property))
  expect(values).toMatchObject({ amount: 5, card_count_1h: 0 })
  expect(Object.values(values).filter((value) => value !== undefined)).toHaveLength(2)
})

it('takes no value of a feature it does not have', () => {
  expect(() => valuesOf(ruleFeatures, { 'tx.amuont': 5 })).toThrow('there is no feature tx.amuont')
})
