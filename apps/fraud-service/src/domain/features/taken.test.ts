import { describe, expect, it } from 'vitest'
import { exampleFigures, exampleTaken, exampleTransaction, minutes, tenOClock } from '../example-transaction.js'
import { addToRing } from './ring.js'
import { takenOf } from './taken.js'

const card = { home_country: 'DE', time_zone: 'Europe/Berlin' }
const fraudsAt = (...at: number[]) => at.reduce<number[]>((ring, minute) => addToRing(ring, 2, tenOClock + minutes(minute), 1), [])

describe('what a decision takes from other topics', () => {
  it('is nothing when they know nothing', () => {
    expect(takenOf(exampleTransaction(), {})).toEqual(exampleTaken())
    expect(takenOf(exampleTransaction({ terminal_id: null }), {})).toEqual(exampleTaken({ terminal: null }))
  })

  it("is the card's home, whether it is blocked, and its frauds confirmed until then", () => {
    expect(takenOf(exampleTransaction(), { card, verdicts: { blocked: true, frauds: fraudsAt(-3 * 24 * 60, -30, 30) } }))
      .toEqual(exampleTaken({ ...card, card_blocked: true, card_frauds: [1, 2, 2] }))
  })

  it('is what the terminal saw until then', () => {
    const activity = addToRing(addToRing([], 3, tenOClock - minutes(5), 1, 250), 3, tenOClock - minutes(90), 1, 1_000)
    expect(takenOf(exampleTransaction(), { terminal: { activity, frauds: [], confirmed: [] } }).terminal)
      .toEqual(exampleFigures({ counts: [0, 1, 1, 2, 2, 2], amounts: [0, 250, 250, 1_250, 1_250, 1_250] }))
  })

  it("is what is known of the terminal's frauds until then: the first one, the mean, what came after the last", () => {
    const days = (count: number) => tenOClock + minutes(count * 24 * 60)
    const activity = [-20, -10, -9, -1].reduce<number[]>((ring, each) => addToRing(ring, 3, days(each), 1, 1_000), [])
    const confirmed = [days(1), 3, days(-1), 9_000, days(-4), 2, days(-20), 2_000, days(-5), 1, days(-21), 5_000]
    const { terminal } = takenOf(exampleTransaction(), { terminal: { activity, frauds: fraudsAt(-5 * 24 * 60, -4 * 24 * 60), confirmed } })
    expect(terminal).toMatchObject({ frauds: [0, 2, 2], fraud_mean: 3_500, clean_count: 2 })
    expect(days(-5) - (terminal?.first_fraud_at ?? 0)).toBeLessThan(6 * 3_600_000)
  })

  it('is of no terminal when the transaction names none', () => {
    expect(takenOf(exampleTransaction({ terminal_id: null }), { terminal: { activity: [tenOClock / 6_000, 1, 250], frauds: [], confirmed: [] } }).terminal).toBeNull()
  })
})
