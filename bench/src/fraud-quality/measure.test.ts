import { createHash } from 'node:crypto'
import type { FraudModel } from '@swipestream/fraud-service/engine'
import { describe, expect, it } from 'vitest'
import { DAY_MS, daysOf } from './days.js'
import { History, type Labelled } from './history.js'
import { measure } from './measure.js'
import { shippedRules } from './shipped-rules.js'
import type { Row } from './table.js'

const start = Date.UTC(2026, 0, 1)
const train = daysOf('2026-01-10..2026-01-16') ?? expect.unreachable()
const test = daysOf('2026-01-24..2026-01-26') ?? expect.unreachable()

/** Reproducible, of all kinds: 20 customers at 8 terminals, six weeks long. */
function table(seed: string, count = 1_500): Row[] {
  const number = (row: number, what: string, most: number) => createHash('sha256').update(`${seed} ${row} ${what}`).digest().readUInt32BE() % most
  return Array.from({ length: count }, (_, row) => ({
    id: `${seed}-${row}`,
    at: start + Math.floor((row / count) * 42 * DAY_MS) + number(row, 'at', 600_000),
    customer: String(number(row, 'customer', 20)),
    terminal: String(number(row, 'terminal', 8)),
    cents: 100 + number(row, 'amount', 40_000),
    fraud: number(row, 'fraud', 12) === 0,
  })).sort((a, b) => a.at - b.at)
}

const seenOf = (rows: readonly Row[]) => {
  const history = new History()
  return rows.map((row) => {
    const { taken, observed } = history.see(row)
    return { row, taken, features: observed.features }
  })
}

const rows = table('a')

describe('the history', () => {
  it.each([0.3, 0.6, 0.9])('shows a transaction nothing of what comes after: cut at %f, and with another future', (share) => {
    const cut = Math.floor(rows.length * share)
    const past = rows.slice(0, cut)
    const last = past.at(-1)?.at ?? 0
    const other = table('b').filter(({ at }) => at > last)
    const whole = seenOf(rows).slice(0, cut)
    expect(seenOf(past)).toEqual(whole)
    expect(seenOf([...past, ...other]).slice(0, cut)).toEqual(whole)
  })

  it('does not know a label for 7 days: with all labels of a week turned, the features of that week are the same', () => {
    const from = start + 20 * DAY_MS
    const turned = rows.map((row) => (row.at >= from ? { ...row, fraud: !row.fraud } : row))
    const before = (seen: ReturnType<typeof seenOf>, end: number) => seen.filter(({ row }) => row.at < end).map(({ taken, features }) => ({ taken, features }))
    expect(before(seenOf(turned), from + 7 * DAY_MS)).toEqual(before(seenOf(rows), from + 7 * DAY_MS))
    expect(before(seenOf(turned), from + 8 * DAY_MS)).not.toEqual(before(seenOf(rows), from + 8 * DAY_MS))
  })

  it('knows a label exactly 7 days after its transaction, and blocks no card by it', () => {
    const fraud: Row = { id: 'f', at: start, customer: '1', terminal: '1', cents: 5_000, fraud: true }
    const later = (at: number): Row => ({ ...fraud, id: String(at), at, fraud: false })
    const [, before, at] = seenOf([fraud, later(start + 7 * DAY_MS - 1), later(start + 7 * DAY_MS)])
    expect([before?.features.card_frauds_30d, at?.features.card_frauds_30d, at?.features.terminal_frauds_30d, at?.features.card_blocked]).toEqual([0, 1, 1, false])
  })
})

describe('measuring', () => {
  const rules = shippedRules()
  /** A model that says what somebody has written. */
  const modelOf = (probability: number): FraudModel => ({ version: 'v', probabilities: (features: readonly unknown[]) => Promise.resolve(features.map(() => probability)) }) as unknown as FraudModel

  const measured = async (of: readonly Row[]) => {
    const labelled: Labelled[] = []
    let atTraining = 0
    const result = await measure(of, {
      rules, train, test,
      onLabel: (one) => void labelled.push(one),
      models: () => {
        atTraining = labelled.length
        return Promise.resolve({ model: modelOf(0.99) })
      },
    })
    return { ...result, labelled, atTraining }
  }

  it('decides all transactions of the test days, and no other', async () => {
    const { tested, transactions } = await measured(rows)
    const expected = rows.filter(({ at }) => at >= test.from && at < test.end).map(({ id }) => id)
    expect([tested.rules, tested.model].map((list) => list?.map(({ row }) => row.id))).toEqual([expected, expected])
    expect(transactions).toBe(rows.filter(({ at }) => at < test.end).length)
  })

  it('ranks by the score of the rules, and by the probability of a model', async () => {
    const { tested } = await measured(rows)
    expect(tested.rules?.every(({ rank, score }) => rank === score)).toBe(true)
    expect(tested.model?.every(({ rank, score }, index) => rank === 0.99 && score > (tested.rules?.[index]?.score ?? 1_001) - 1)).toBe(true)
  })

  it('trains on what was labelled when the test days began, up to the last training day', async () => {
    const { labelled, atTraining } = await measured(rows)
    expect(labelled.map(({ row }) => row.id)).toEqual(rows.filter(({ at }) => at < train.end).map(({ id }) => id))
    expect(atTraining).toBe(labelled.length)
  })

  it('is the same whatever comes after the test days', async () => {
    const [whole, cut] = [await measured(rows), await measured(rows.filter(({ at }) => at < test.end))]
    expect(cut).toEqual(whole)
  })

  it('gives earlier test days the same scores, whatever comes on later ones', async () => {
    const secondDay = test.from + DAY_MS
    const scores = ({ tested }: Awaited<ReturnType<typeof measured>>) => tested.rules?.filter(({ row }) => row.at < secondDay).map(({ row, score }) => [row.id, score])
    const other = [...rows.filter(({ at }) => at < secondDay), ...table('b').filter(({ at }) => at >= secondDay)]
    expect(scores(await measured(other))).toEqual(scores(await measured(rows)))
  })
})
