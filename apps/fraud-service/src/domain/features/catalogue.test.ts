import { describe, expect, it } from 'vitest'
import { featureCatalogue, featureSpecs } from './catalogue.js'

describe('the catalogue', () => {
  it('names each feature so that an expression can, and says in one line what it is', () => {
    for (const [name, { meaning }] of featureSpecs) {
      expect(name).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/)
      expect(meaning).not.toMatch(/SPAN|\n/)
      expect(meaning.length).toBeGreaterThan(20)
    }
  })

  it('tells each window by its length', () => {
    expect(featureCatalogue.card_count_10m).toEqual({
      type: 'int', unit: null, meaning: 'Transactions of the card in the 10 minutes before', optional: false,
    })
    expect(featureCatalogue.terminal_fraud_share_7d).toMatchObject({ type: 'double', optional: true })
  })

  it('has a unit for what is an amount, a time or a distance', () => {
    for (const [name, { unit }] of featureSpecs) {
      if (/_amount_\d|_mean_|_deviation_/.test(name)) expect([name, unit]).toEqual([name, 'EUR'])
      if (/_km$|_kmh$|_days$|_minutes_/.test(name)) expect([name, unit]).not.toEqual([name, null])
    }
  })
})
