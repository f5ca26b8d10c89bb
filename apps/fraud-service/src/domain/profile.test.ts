import { describe, expect, it } from 'vitest'
import {
  berlin, exampleOrigin, exampleProfile, exampleTransaction, hamburg, minutes, singapore, tenOClock,
} from './example-transaction.js'
import { remember, wasApplied } from './profile.js'

describe('remember', () => {
  it('begins with the first transaction of a card', () => {
    expect(remember(exampleTransaction(), undefined, exampleOrigin(7))).toEqual({
      card_id: 'v1.example-card',
      last_transaction_id: '01957c00-0000-7000-8000-000000000001',
      last_occurred_at: tenOClock,
      last_place: berlin,
      last_place_at: tenOClock,
      last_country: 'DE',
      input_offset: 7,
    })
  })

  it('follows the card to where it can have gone', () => {
    const later = tenOClock + minutes(180)
    expect(remember(exampleTransaction({ place: hamburg, occurred_at: later }), exampleProfile(), exampleOrigin()))
      .toMatchObject({ last_place: hamburg, last_place_at: later, last_occurred_at: later, input_offset: 42 })
  })

  it('keeps the last place through a transaction without one', () => {
    const later = tenOClock + minutes(5)
    expect(remember(exampleTransaction({ place: null, country: null, occurred_at: later }), exampleProfile(), exampleOrigin()))
      .toMatchObject({ last_place: berlin, last_place_at: tenOClock, last_country: 'DE', last_occurred_at: later })
  })

  it('lets an event older than the last one move neither time nor place nor country', () => {
    const late = exampleTransaction({
      transaction_id: '01957c00-0000-7000-8000-000000000002', place: hamburg, country: 'AT', occurred_at: tenOClock - minutes(180),
    })
    expect(remember(late, exampleProfile(), exampleOrigin())).toEqual(exampleProfile({
      last_transaction_id: '01957c00-0000-7000-8000-000000000002', input_offset: 42,
    }))
  })

  it('takes the place of an event older than the last one, but newer than the last place', () => {
    const onlineSince = exampleProfile({ last_occurred_at: tenOClock + minutes(300) })
    const late = exampleTransaction({ place: hamburg, occurred_at: tenOClock + minutes(200) })
    expect(remember(late, onlineSince, exampleOrigin())).toMatchObject({
      last_place: hamburg, last_place_at: tenOClock + minutes(200), last_occurred_at: tenOClock + minutes(300),
    })
  })

  it('does not believe a place the card cannot have reached, so that the next swipe there is suspect too', () => {
    const stolen = exampleTransaction({ place: singapore, country: 'SG', occurred_at: tenOClock + minutes(29) })
    expect(remember(stolen, exampleProfile(), exampleOrigin())).toMatchObject({
      last_place: berlin, last_place_at: tenOClock, last_country: 'DE', last_occurred_at: tenOClock + minutes(29),
    })
  })

  it('never remembers a place that is not on Earth', () => {
    const nowhere = exampleTransaction({ place: { latitude: 120, longitude: 0 }, country: 'FR' })
    expect(remember(nowhere, undefined, exampleOrigin())).toMatchObject({ last_place: null, last_place_at: null, last_country: null })
  })
})

describe('wasApplied', () => {
  const another = exampleTransaction({ transaction_id: '01957c00-0000-7000-8000-000000000009' })

  it.each([
    ['the record after the last one', 42, false],
    ['the last record again', 41, true],
    ['a record before it', 3, true],
  ])('%s: %i → %s', (_, offset, applied) => {
    expect(wasApplied(exampleProfile({ input_offset: 41 }), another, exampleOrigin(offset))).toBe(applied)
  })

  it('knows the last transaction also when it was written twice', () => {
    const profile = exampleProfile({ input_offset: 41, last_transaction_id: another.transaction_id })
    expect(wasApplied(profile, another, exampleOrigin(42))).toBe(true)
  })

  it('is false for a card never seen', () => {
    expect(wasApplied(undefined, another, exampleOrigin(0))).toBe(false)
  })
})
