import { describe, expect, it } from 'vitest'
import { burstLength, cardCount, inBurst, stepMs, transactionAt } from './swipes.js'

const swipes = { began: Date.UTC(2026, 0, 1), terminals: false }
const many = Array.from({ length: 200_000 }, (_, i) => transactionAt(i, swipes))
const share = (of: (i: number) => boolean) => many.filter((_, i) => of(i)).length / many.length

describe('swipes of the bench', () => {
  it('are the same whenever they are asked for, but for their ids', () => {
    const { transaction_id: _, ...again } = transactionAt(4_711, swipes)
    expect(many[4_711]).toMatchObject(again)
  })

  it('are evenly spread in event time, and over the cards', () => {
    expect((many[1_000]?.occurred_at ?? 0) - (many[0]?.occurred_at ?? 0)).toBe(1_000 * stepMs)
    const byCard = Map.groupBy(many, ({ card_id }) => card_id)
    expect(byCard.size).toBe(cardCount)
    expect(Math.max(...[...byCard.values()].map(({ length }) => length))).toBeLessThan(60)
  })

  it('let some rules fire, and few', () => {
    expect(share((i) => (many[i]?.amount_minor ?? 0) > 100_000)).toBeCloseTo(0.006, 3)
    expect(share((i) => many[i]?.country === 'JP')).toBeCloseTo(0.005, 3)
    expect(share((i) => (many[i]?.amount_minor ?? 0) <= 200)).toBeCloseTo(0.003, 3)
    expect(share(inBurst)).toBe(burstLength / 1_000)
    const burst = many.filter((_, i) => i < 1_000 && inBurst(i))
    expect(new Set(burst.map(({ card_id }) => card_id)).size).toBe(1)
  })

  it('have a terminal where that is wanted', () => {
    expect(many[0]?.terminal_id).toBeNull()
    expect(transactionAt(0, { ...swipes, terminals: true }).terminal_id).toMatch(/^T-\d+$/)
  })
})
