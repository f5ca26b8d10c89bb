import { describe, expect, it, vi } from 'vitest'
import { exampleOrigin, exampleTaken, exampleTransaction } from '../domain/example-transaction.js'
import type { Features } from '../domain/features/catalogue.js'
import { observe } from '../domain/features/observe.js'
import { exampleDescription } from './example-description.js'
import { FraudModel, type RunTrees } from './fraud-model.js'

function featuresWith(changes: Partial<Features>): Features {
  const observed = observe(exampleTransaction(), undefined, exampleTaken(), exampleOrigin().offset)
  if (observed === 'duplicate') throw new Error('it was never seen')
  return { ...observed.features, ...changes }
}

const names = ['amount_reference', 'card_blocked', 'card_mean_30d', 'night', 'card_small_run'] as const
const typical = { amount_reference: 40, card_blocked: 0, card_mean_30d: null, night: 0, card_small_run: 0 }

/** A model that adds up what its features weigh: `weigh` is asked row by row. */
function modelOf(weigh: (row: readonly number[]) => number) {
  const run = vi.fn<RunTrees>((matrix, rows) => {
    const width = matrix.length / rows
    return Promise.resolve(Float32Array.from({ length: rows }, (_, row) => weigh([...matrix.subarray(row * width, (row + 1) * width)])))
  })
  return { run, model: new FraudModel(exampleDescription({ features: [...names], typical }), run) }
}

describe('a model', () => {
  it('is shown all rows at once: numbers as they are, false and true as 0 and 1, absent as NaN', async () => {
    const { run, model } = modelOf(() => 0.5)
    await model.probabilities([featuresWith({ amount_reference: 12.5, card_blocked: true }), featuresWith({ card_mean_30d: 3, night: false })])
    expect(run.mock.calls).toEqual([[Float32Array.of(12.5, 1, Number.NaN, Number.NaN, 0, 23.5, 0, 3, 0, 0), 2]])
  })

  it('answers in the order of the rows', async () => {
    const { model } = modelOf(([amount]) => (amount as number) / 100)
    expect(await model.probabilities([featuresWith({ amount_reference: 75 }), featuresWith({ amount_reference: 25 })])).toEqual([0.75, 0.25])
  })

  it.each([Number.NaN, -0.1, 1.1, Number.POSITIVE_INFINITY])('fails when it says %f', async (answer) => {
    await expect(modelOf(() => answer).model.probabilities([featuresWith({})])).rejects.toThrow('as a probability')
  })

  it('fails when it does not answer for each row', async () => {
    const model = new FraudModel(exampleDescription(), () => Promise.resolve(Float32Array.of(0.5)))
    await expect(model.probabilities([featuresWith({}), featuresWith({})])).rejects.toThrow('1 probabilities for 2 rows')
  })

  it('is not run for nothing', async () => {
    const { run, model } = modelOf(() => 0.5)
    expect([await model.probabilities([]), await model.explain([], [])]).toEqual([[], []])
    expect(run).not.toHaveBeenCalled()
  })
})

describe('an explanation', () => {
  /** 0.3 for an amount above 100, 0.4 for a blocked card, 0.1 for a mean, 0.05 at night; a run of small amounts takes 0.1 off. */
  const weigh = ([amount, blocked, mean, night, run]: readonly number[]) => (
    0.1 + ((amount as number) > 100 ? 0.3 : 0) + (blocked === 1 ? 0.4 : 0) + (Number.isNaN(mean) ? 0 : 0.1) + (night === 1 ? 0.05 : 0) - ((run as number) > 0 ? 0.1 : 0))

  const explained = async (changes: Partial<Features>) => {
    const { model } = modelOf(weigh)
    const rows = [featuresWith(changes)]
    return (await model.explain(rows, await model.probabilities(rows)))[0]
  }

  it('names the features without which the probability falls most, three at most, by the names that rules have', async () => {
    expect(await explained({ amount_reference: 500, card_blocked: true, card_mean_30d: 31.2, night: true, card_small_run: 4 })).toEqual([
      { name: 'card.blocked', value: 'true', unit: null },
      { name: 'tx.amount_reference', value: 500, unit: 'EUR' },
      { name: 'card.mean_30d', value: 31.2, unit: 'EUR' },
    ])
  })

  it('does not name what is as ever, or speaks for the transaction', async () => {
    expect(await explained({ amount_reference: 60, card_small_run: 4 })).toEqual([])
  })

  it('says that a value is absent', async () => {
    const unknown = new FraudModel(exampleDescription({ features: ['card_mean_30d'], typical: { card_mean_30d: 30 } }), (matrix) => Promise.resolve(matrix.map((mean) => (Number.isNaN(mean) ? 0.9 : 0.1))))
    expect(await unknown.explain([featuresWith({ card_mean_30d: null })], [0.9])).toEqual([[{ name: 'card.mean_30d', value: 'absent', unit: null }]])
  })

  it('takes one run for all rows', async () => {
    const { run, model } = modelOf(weigh)
    await model.explain([featuresWith({}), featuresWith({ card_blocked: true })], [0.1, 0.5])
    expect(run.mock.calls.map(([, rows]) => rows)).toEqual([2 * names.length])
  })
})
