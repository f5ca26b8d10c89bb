import { expect, it } from 'vitest'
import { type Lane, merged } from './merge.js'

async function* batchesOf<T>(batches: T[][]): AsyncGenerator<T[]> {
  yield* batches
}
const lane = (...batches: number[][]): Lane<number> => ({ batches: batchesOf(batches), timeOf: (item) => Math.floor(item) })
async function all(lanes: Lane<number>[]): Promise<number[]> {
  const items: number[] = []
  for await (const item of merged(lanes)) items.push(item)
  return items
}

it.each([
  ['always the least of the heads', [lane([1, 4], [6]), lane([2, 3, 5])], [1, 2, 3, 4, 5, 6]],
  ['of equal ones that of the earlier lane', [lane([1.1, 2.1]), lane([1.2, 2.2])], [1.1, 1.2, 2.1, 2.2]],
  ['what is late in its lane comes after its predecessor', [lane([1, 7, 2]), lane([3, 8])], [1, 3, 7, 2, 8]],
  ['lanes may be empty', [lane(), lane([1]), lane()], [1]],
  ['there may be none', [], []],
])('%s', async (_, lanes, expected) => expect(await all(lanes)).toEqual(expected))

it('tells what fails in a lane, and closes the others', async () => {
  let closed = false
  async function* failing(): AsyncGenerator<number[]> {
    yield [2]
    throw new Error('gone')
  }
  async function* open(): AsyncGenerator<number[]> {
    try {
      for (let next = 1; ; next++) yield [next]
    } finally {
      closed = true
    }
  }
  await expect(all([{ batches: failing(), timeOf: (item) => item }, { batches: open(), timeOf: (item) => item }])).rejects.toThrow('gone')
  expect(closed).toBe(true)
})

it('closes its lanes when nobody wants more, whatever they were about to tell', async () => {
  async function* failing(): AsyncGenerator<number[]> {
    yield [1]
    throw new Error('nobody asked')
  }
  for await (const item of merged([{ batches: failing(), timeOf: (one) => one }])) {
    expect(item).toBe(1)
    break
  }
})
