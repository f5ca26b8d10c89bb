import { describe, expect, it } from 'vitest'
import { isLuhnValid } from '../generator/card-number.js'
import { tellStory } from './story.js'

const now = Date.UTC(2026, 2, 2, 10, 33)
const story = tellStory(now, (cardNumber) => `v1.${cardNumber.slice(-4)}`)

describe('tellStory', () => {
  it('happened before now, and is to be sent in the order of its times', () => {
    const times = story.steps.map(({ swipe }) => Date.parse(swipe.occurred_at))
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    expect(times.at(-1)).toBeLessThan(now)
  })

  it('tells of a card in Berlin at 10:02 and in Singapore at 10:31, which must be declined with a critical alert', () => {
    const anna = story.steps.filter(({ customer_id }) => customer_id === 'story-anna')
    expect(anna.map(({ swipe, expect: { outcome, alert } }) => [swipe.occurred_at.slice(11, 16), swipe.country, outcome, alert?.severity])).toEqual([
      ['10:02', 'DE', 'approve', undefined], ['10:31', 'SG', 'decline', 'critical'], ['10:32', 'DE', 'approve', undefined],
      ['10:32', 'SG', 'decline', 'critical'],
    ])
  })

  it('shows a large amount and an impossible journey, each alone and both together, and more everyday swipes than alerts', () => {
    const alerts = story.steps.flatMap((step) => step.expect.alert ?? [])
    expect(alerts.map(({ rules }) => rules)).toEqual([['notable_amount', 'large_amount'], ['impossible_travel', 'notable_amount', 'large_amount'], ['impossible_travel'], ['blocked_card', 'impossible_travel']])
    expect(alerts.length).toBeLessThan(story.steps.length / 2)
  })

  it('has an answer of the customer, after which her card is blocked', () => {
    const answered = story.steps.findIndex(({ answer }) => answer !== null)
    const [step, next] = story.steps.slice(answered)
    expect(step?.answer?.word).toBe('NEIN')
    expect(next).toMatchObject({ card_id: step?.card_id, expect: { outcome: 'decline', alert: { rules: ['blocked_card', 'impossible_travel'] } } })
  })

  it('promises an alert exactly where it does not promise an approval', () => {
    for (const { expect: { outcome, alert } } of story.steps) {
      expect(alert === null).toBe(outcome === 'approve')
      if (alert !== null) expect(alert.severity).toBe(outcome === 'decline' ? 'critical' : 'warning')
    }
  })

  it('gives every step a card and a customer of the story', () => {
    for (const step of story.steps) {
      const card = story.cards.find(({ card_id }) => card_id === step.card_id)
      expect(card).toMatchObject({ customer_id: step.customer_id, card_number: step.swipe.card_number })
      expect(story.customers.map(({ customer_id }) => customer_id)).toContain(step.customer_id)
    }
  })

  it('has valid cards of their own, contacts that reach nobody, and an id a step', () => {
    expect(story.cards.every(({ card_number }) => isLuhnValid(card_number))).toBe(true)
    expect(new Set(story.cards.map(({ card_number }) => card_number)).size).toBe(story.cards.length)
    expect(story.customers.map(({ email, phone }) => [email, phone])).toEqual([
      ['anna.becker.1@example.org', '+493023125001'],
      ['camille.moreau.2@example.net', '+33639980002'],
      ['daniel.brown.3@example.com', '+447700900003'],
      ['sofia.garcia.4@example.org', '+12015550104'],
    ])
    expect(new Set(story.steps.map(({ id }) => id)).size).toBe(story.steps.length)
  })

  it('has ids and cards of its own when told again, and the same customers', () => {
    const again = tellStory(now + 1000, String)
    const numbers = story.cards.map(({ card_number }) => card_number)
    expect(again.steps[0]?.id).not.toBe(story.steps[0]?.id)
    expect(again.cards.filter(({ card_number }) => numbers.includes(card_number))).toEqual([])
    expect(again.customers.map(({ customer_id }) => customer_id)).toEqual(story.customers.map(({ customer_id }) => customer_id))
  })
})
