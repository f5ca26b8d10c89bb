import { describe, expect, it } from 'vitest'
import { featureCatalogue, featureSpecs, ruleFeatures } from './catalogue.js'

describe('the catalogue', () => {
  it('names each feature so that an expression can, and says in one line what it is', () => {
    for (const [name, { meaning }] of featureSpecs) {
      expect(name).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/)
      expect(meaning).not.toMatch(/SPAN|WINDOW|\n/)
      expect(meaning.length).toBeGreaterThan(20)
    }
  })

  it('names other features as rules do, and none that there is not', () => {
    const named = [...featureSpecs.values()].flatMap(({ meaning }) => meaning.match(/\b(tx|card|terminal|model)[._]\w+/g) ?? [])
    expect(named.filter((name) => ruleFeatures.find(name) === undefined)).toEqual([])
    expect(named).toContain('terminal.frauds_7d')
    const inCode = new RegExp(`(?<![.\\w])(${[...featureSpecs.keys()].filter((name) => name.includes('_')).join('|')})\\b`)
    for (const { meaning } of featureSpecs.values()) expect(meaning).not.toMatch(inCode)
  })

  it('tells each window by its length', () => {
    expect(featureCatalogue.card_count_10m).toEqual({ type: 'int', unit: null, meaning: 'Transactions of the card in the 10 minutes before' })
    expect(featureCatalogue.terminal_fraud_share_7d).toMatchObject({ type: 'double', absent: { note: 'no_terminal' } })
  })

  it('has a unit for what is an amount, a time or a distance', () => {
    for (const [name, { unit }] of featureSpecs) {
      if (/_amount_\d|_mean_|_deviation_/.test(name)) expect([name, unit]).toEqual([name, 'EUR'])
      if (/_km$|_kmh$|_days$|_minutes_/.test(name)) expect([name, unit]).not.toEqual([name, null])
    }
  })
})

describe('rules', () => {
  it.each([
    ['card.count_1m', 'card_count_1m', 'number'],
    ['card.blocked', 'card_blocked', 'bool'],
    ['terminal.fraud_share_30d', 'terminal_fraud_share_30d', 'number'],
    ['model.probability', 'model_probability', 'number'],
    ['tx.local_hour', 'local_hour', 'number'],
    ['tx.first_country', 'first_country', 'bool'],
    ['tx.event_order', 'event_order', 'string'],
  ])('know as %s the feature %s, a %s', (name, property, type) => {
    expect(ruleFeatures.find(name)).toMatchObject({ property, type })
  })

  it('know every feature', () => {
    expect(ruleFeatures.features.map(({ property }) => property)).toEqual(Object.keys(featureCatalogue))
  })
})
