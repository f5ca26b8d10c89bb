import { createHash } from 'node:crypto'
import { DAY_MS, type FraudModel, LateLabels, type LabelledFeatures, type StreamEvent, type Swiped } from '@swipestream/fraud-service/engine'
import { describe, expect, it } from 'vitest'
import { daysOf } from './days.js'
import { measure } from './measure.js'
import { shippedRules } from './shipped-rules.js'
import { swiped } from './table.fixture.js'

const start = Date.UTC(2026, 0, 1)
const train = daysOf('2026-01-10..2026-01-16') ?? expect.unreachable()
const test = daysOf('2026-01-24..2026-01-26') ?? expect.unreachable()

/** Reproducible, of all kinds: 20 customers at 8 terminals, six weeks long. */
function table(seed: string, count = 1_500): Swiped[] {
  const number = (row: number, what: string, most: number) => createHash('sha256').update(`${seed} ${row} ${what}`).digest().readUInt32BE() % most
  return Array.from({ length: count }, (_, row) => swiped({
    id: `${seed}-${row}`,
    at: start + Math.floor((row / count) * 42 * DAY_MS) + number(row, 'at', 600_000),
    customer: String(number(row, 'customer', 20)),
    terminal: String(number(row, 'terminal', 8)),
    cents: 100 + number(row, 'amount', 40_000),
    fraud: number(row, 'fraud', 12) === 0,
  })).sort((a, b) => a.tx.occurred_at - b.tx.occurred_at)
}

/** As a file gives them: labels come late. */
async function* streamOf(rows: readonly Swiped[]): AsyncGenerator<StreamEvent[]> {
  const labels = new LateLabels()
  for (const row of rows) yield Array.from(labels.with(row))
}

const at = ({ tx }: Pick<Swiped, 'tx'>): number => tx.occurred_at

const rows = table('a')

describe('measuring', () => {
  const rules = shippedRules()
  /** A model that says what somebody has written. */
  const modelOf = (probability: number): FraudModel => ({ version: 'v', probabilities: (features: readonly unknown[]) => Promise.resolve(features.map(() => probability)) }) as unknown as FraudModel

  const measured = async (of: readonly Swiped[]) => {
    const labelled: LabelledFeatures[] = []
    let atTraining = 0
    const result = await measure(streamOf(of), {
      rules, train, test,
      onTraining: (one) => void labelled.push(one),
      models: () => {
        atTraining = labelled.length
        return Promise.resolve({ model: modelOf(0.99) })
      },
    })
    return { ...result, labelled, atTraining }
  }

  it('decides all transactions of the test days, and no other', async () => {
    const { tested, transactions } = await measured(rows)
    const expected = rows.filter((row) => at(row) >= test.from && at(row) < test.end).map(({ tx }) => tx.transaction_id)
    expect([tested.rules, tested.model].map((list) => list?.map(({ row }) => row.tx.transaction_id))).toEqual([expected, expected])
    expect(transactions).toBe(rows.filter((row) => at(row) < test.end).length)
  })

  it('ranks by the score of the rules, and by the probability of a model', async () => {
    const { tested } = await measured(rows)
    expect(tested.rules?.every(({ rank, score }) => rank === score)).toBe(true)
    expect(tested.model?.every(({ rank, score }, index) => rank === 0.99 && score > (tested.rules?.[index]?.score ?? 1_001) - 1)).toBe(true)
  })

  it('trains on what comes up to the last training day, whose labels are known before the test days', async () => {
    const { labelled, atTraining } = await measured(rows)
    expect(labelled.map(({ at: time, fraud }) => [time, fraud])).toEqual(rows.filter((row) => at(row) < train.end).map((row) => [at(row), row.fraud]))
    expect(atTraining).toBe(labelled.length)
  })

  it.each([
    ['is there twice', (row: Swiped) => [row, row], 'is in the table twice'],
    ['is out of order', (row: Swiped) => [row, swiped({ id: 'x', at: at(row) - 1 })], 'is not in the order of time'],
    ['has no label', (row: Swiped) => [{ ...row, fraud: null }], 'has no label'],
  ])('refuses a transaction that %s', async (_, wrong, message) => {
    await expect(measured(rows.slice(0, 3).flatMap(wrong))).rejects.toThrow(message)
  })

  it('is the same whatever comes after the test days', async () => {
    const [whole, cut] = [await measured(rows), await measured(rows.filter((row) => at(row) < test.end))]
    expect(cut).toEqual(whole)
  })

  it('gives earlier test days the same scores, whatever comes on later ones', async () => {
    const secondDay = test.from + DAY_MS
    const scores = ({ tested }: Awaited<ReturnType<typeof measured>>) => tested.rules?.filter(({ row }) => at(row) < secondDay).map(({ row, score }) => [row.tx.transaction_id, score])
    const other = [...rows.filter((row) => at(row) < secondDay), ...table('b').filter((row) => at(row) >= secondDay)]
    expect(scores(await measured(other))).toEqual(scores(await measured(rows)))
  })
})
