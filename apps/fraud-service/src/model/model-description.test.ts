import { describe, expect, it } from 'vitest'
import { exampleDescription } from './example-description.js'
import { modelDescriptionOf } from './model-description.js'

const read = (changes: Readonly<Record<string, unknown>>) => modelDescriptionOf(JSON.stringify({ ...exampleDescription(), ...changes }))

describe('model.json', () => {
  it('names a version, the features in their order, their typical values, and what to explain', () => {
    expect(read({})).toEqual(exampleDescription())
  })

  it('may say more, for people', () => {
    expect(read({ trained_on: { from: '2018-07-25' } })).toEqual(exampleDescription())
  })

  it('has null for a feature that mostly is absent', () => {
    const typical = { amount_reference: null, card_blocked: 0 }
    expect(read({ typical })).toMatchObject({ typical })
  })

  it.each([
    ['a feature that the catalogue does not have', { features: ['amount_reference', 'shoe_size'] }, 'model.json names shoe_size, which the catalogue of features does not have as numbers'],
    ['a text', { features: ['currency'] }, 'names currency'],
    ['what comes of the model itself', { features: ['model_probability'] }, 'names model_probability'],
    ['what every object has', { features: ['constructor'] }, 'names constructor'],
    ['a feature twice', { features: ['amount_reference', 'amount_reference'] }, 'a feature twice'],
    ['no feature', { features: [] }, 'wrong at features'],
    ['no typical value', { typical: { amount_reference: 1 } }, 'no typical value of card_blocked'],
    ['no version', { version: '' }, 'wrong at version'],
    ['an input of another type', { input: { name: 'features', type: 'float64', absent: 'NaN' } }, 'wrong at input.type'],
    ['a probability that is none', { explain_from: 20 }, 'wrong at explain_from'],
  ])('is refused with %s', (_, changes, reason) => {
    expect(read(changes)).toContain(reason)
  })

  it('is refused when it is no JSON, or nothing', () => {
    expect([modelDescriptionOf('version: 7'), modelDescriptionOf('null')]).toEqual(['model.json is no JSON', expect.stringContaining('wrong at the top')])
  })
})
