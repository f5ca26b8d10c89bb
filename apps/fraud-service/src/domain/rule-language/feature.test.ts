import { expect, it } from 'vitest'
import { exampleCatalogue } from './example-catalogue.js'
import { catalogueOf, type Feature, valuesOf } from './feature.js'

const amount: Feature = { name: 'tx.amount', type: 'number', unit: null, meaning: 'What is to be paid.' }

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

it('lays out values in the order of the catalogue, absent where none is given', () => {
  const values = valuesOf(exampleCatalogue, { 'tx.amount': 5, 'card.is_blocked': false })
  expect(values).toHaveLength(exampleCatalogue.features.length)
  expect(values[exampleCatalogue.slotOf('tx.amount') as number]).toBe(5)
  expect(values[exampleCatalogue.slotOf('card.is_blocked') as number]).toBe(false)
  expect(values.filter((value) => value !== undefined)).toHaveLength(2)
})

it('takes no value of a feature it does not have', () => {
  expect(() => valuesOf(exampleCatalogue, { 'tx.amuont': 5 })).toThrow('there is no feature tx.amuont')
})
