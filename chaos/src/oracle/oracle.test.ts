import { describe, expect, it } from 'vitest'
import type { Input, Output, Tally } from '../contracts.js'
import { tallied } from '../tally.js'
import { Oracle } from './oracle.js'

type Owed = Pick<Input, 'key' | 'sequence' | 'value'>

const perKey = 4
const records: Owed[] = [0, 1, 2, 3].flatMap((sequence) => ['bulk-1', 'bulk-2', 'outbox-1'].map((key) => ({ key, sequence, value: key.length * 100 + sequence })))

/** A run without a fault, in one partition; what is changed here is a fault. */
function run({ owed = records, inputs = records, outputs = (all: Output[]) => all, states = (all: Tally[]): (Tally | null)[] => all } = {}) {
  const oracle = new Oracle()
  for (const each of owed) oracle.owed(each)
  const known = new Map<string, Tally>()
  const made = inputs.map((input, offset): Output => {
    const tally = tallied(known.get(input.key), input)
    known.set(input.key, tally)
    return { ...tally, input_partition: 0, input_offset: offset }
  })
  inputs.forEach((input, offset) => oracle.input(input, { partition: 0, offset }))
  outputs(made).forEach((output, offset) => oracle.output(output, { partition: 0, offset }))
  states([...known.values()]).forEach((tally, offset) => oracle.stored(tally?.key ?? 'bulk-1', tally, { partition: 0, offset }))
  return oracle.verdicts()
}

const clean = { lost: 0, duplicated: 0, disordered: 0, unequal: 0, unasked: 0, samples: [] }
const without = <T>(all: readonly T[], i: number): T[] => all.toSpliced(i, 1)
const again = <T>(all: readonly T[], i: number): T[] => [...all, all[i]!]
const swapped = <T>(all: readonly T[], i: number, j: number): T[] => all.with(i, all[j]!).with(j, all[i]!)

describe('the oracle', () => {
  it('finds nothing wrong where nothing is', () => {
    expect(run()).toEqual({
      bulk: { ...clean, obligations: 2 * perKey },
      outbox: { ...clean, obligations: perKey },
      consumer: { ...clean, obligations: 3 * perKey },
      state: { ...clean, obligations: 3 },
    })
  })

  it('finds an input that was never written, where it was owed, and judges the consumer by what there was', () => {
    expect(run({ inputs: without(records, 3) })).toMatchObject({
      bulk: { lost: 1, samples: ['record of bulk-1: 1 never came, first 1'] }, outbox: clean, consumer: clean, state: clean,
    })
  })

  it('finds an input written twice, and expects an output of each', () => {
    expect(run({ inputs: again(records, 2) })).toMatchObject({
      bulk: clean, outbox: { duplicated: 1, samples: ['record 0 of outbox-1 came again (partition 0, offset 12)'] }, consumer: { ...clean, obligations: 13 },
    })
  })

  it('finds inputs of a key in another order, with another value, and of nobody', () => {
    expect(run({ inputs: swapped(records, 0, 3) }).bulk).toMatchObject({ ...clean, disordered: 1, samples: [expect.stringContaining('record 0 of bulk-1 came after 1')] })
    expect(run({ inputs: records.with(0, { ...records[0]!, value: 7 }) }).bulk).toMatchObject({ unequal: 1 })
    expect(run({ inputs: [...records, { key: 'bulk-1', sequence: perKey, value: 1 }, { key: 'bulk-3', sequence: 0, value: 1 }] }).bulk).toMatchObject({ unasked: 2 })
  })

  it('finds an output that never came, came twice, and came out of its order', () => {
    expect(run({ outputs: (all) => without(all, 5) }).consumer).toMatchObject({ lost: 1, duplicated: 0 })
    expect(run({ outputs: (all) => again(all, 5) }).consumer).toMatchObject({ lost: 0, duplicated: 1 })
    expect(run({ outputs: (all) => swapped(all, 0, 3) }).consumer).toMatchObject({ lost: 0, disordered: 1 })
  })

  it('finds what is spread over partitions: there is no order between them, however they are read', () => {
    const spread = new Oracle()
    for (const each of records) spread.owed(each)
    let tally: Tally | undefined
    records.filter(({ key }) => key === 'bulk-1').forEach((input, n) => {
      const at = { partition: n < 2 ? 0 : 1, offset: n }
      spread.input(input, { partition: 0, offset: n })
      tally = tallied(tally, input)
      spread.output({ ...tally, input_partition: 0, input_offset: n }, at)
      spread.stored('bulk-1', tally, at)
    })
    records.filter(({ key }) => key === 'bulk-2').forEach((input, n) => spread.input(input, { partition: n < 3 ? 0 : 1, offset: 10 + n }))
    const { bulk, consumer, state } = spread.verdicts()
    expect([bulk.disordered, consumer.disordered, state.duplicated]).toEqual([1, 2, 1])
    expect(consumer.samples[0]).toBe('output of input 0/ 2 of bulk-1 came to another partition than 0 (partition 1, offset 2)')
  })

  it('finds the output of an input that was aborted', () => {
    const phantom: Output = { key: 'bulk-1', sequence: 9, count: 5, checksum: 1, input_partition: 0, input_offset: 99 }
    const elsewhere = { ...phantom, input_partition: 5 }
    expect(run({ outputs: (all) => [...all, phantom, elsewhere] }).consumer).toMatchObject({ unasked: 2, lost: 0 })
  })

  it('finds every output made of a state that had missed a record or counted one twice', () => {
    const from = (records_: readonly Owed[]) => (all: Output[]) => {
      let tally: Tally | undefined
      const wrong = records_.filter(({ key }) => key === 'bulk-2').map((record) => (tally = tallied(tally, record)))
      return all.map((output) => (output.key === 'bulk-2' ? { ...output, ...wrong.findLast(({ sequence }) => sequence === output.sequence) } : output))
    }
    expect(run({ outputs: from(without(records, 4)) }).consumer).toMatchObject({ unequal: 2 })
    expect(run({ outputs: from(records.toSpliced(4, 0, records[4]!)) }).consumer).toMatchObject({ unequal: 3 })
  })

  it('finds a state that is behind, is of nobody, or is gone', () => {
    expect(run({ states: ([first, ...others]) => [{ ...first!, count: 3 }, ...others] }).state).toMatchObject({ unequal: 1 })
    expect(run({ states: (all) => [...all, { key: 'bulk-9', sequence: 0, count: 1, checksum: 1 }] }).state).toMatchObject({ unasked: 1 })
    expect(run({ states: (all) => [...all, null] }).state).toMatchObject({ lost: 1 })
    expect(run({ states: ([first, ...others]) => [{ ...first!, count: 3 }, ...others, first!] }).state).toMatchObject(clean)
  })
})
