import { describe, expect, it } from 'vitest'
import { inLanes } from './lanes.js'

const jobs = (count: number) => Array.from({ length: count }, (_, i) => ({ key: `card-${i % 7}`, work: i }))
const later = () => new Promise((resolve) => setImmediate(resolve))

describe('inLanes', () => {
  it('does every job, those of one key in order, several at the same time', async () => {
    const done: number[] = []
    let running = 0
    let most = 0
    await inLanes(jobs(100), 16, async (i) => {
      most = Math.max(most, ++running)
      for (let turns = 0; turns < (i * 7) % 5; turns++) await later()
      running--
      done.push(i)
    })
    expect(done).toHaveLength(100)
    for (let key = 0; key < 7; key++) expect(done.filter((i) => i % 7 === key)).toEqual(done.filter((i) => i % 7 === key).toSorted((a, b) => a - b))
    expect(most).toBeGreaterThan(1)
  })

  it('takes from the source no more than it can do soon', async () => {
    let taken = 0
    let done = 0
    let most = 0
    function* source() {
      for (const job of jobs(1_000)) {
        most = Math.max(most, ++taken - done)
        yield job
      }
    }
    await inLanes(source(), 4, async () => {
      await later()
      done++
    })
    expect(done).toBe(1_000)
    expect(most).toBeLessThanOrEqual(4 * 8 + 1)
  })

  it('stops at the first failure and throws it', async () => {
    let performed = 0
    const failing = inLanes(jobs(1_000), 4, async (i) => {
      performed++
      await later()
      if (i === 10) throw new Error('refused')
    })
    await expect(failing).rejects.toThrow('refused')
    expect(performed).toBeLessThan(200)
  })
})
