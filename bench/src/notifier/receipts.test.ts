import { describe, expect, it } from 'vitest'
import { acceptedPerSecond, bytesOf, type Receipt, tally } from './receipts.js'

const receipt = (recipient: string, client: string, at: number, messageId = `<${recipient}>`): Receipt => ({ messageId, recipient, client, at, bytes: 100 })

describe('the rate of what was accepted', () => {
  it('counts from the end of the first part to the last one, in whatever order they are told', () => {
    expect(acceptedPerSecond([0, 4_000, 1_000, 2_000, 3_000].map((at) => ({ at })), 2)).toBe(1)
    expect(acceptedPerSecond([0, 500, 1_000].map((at) => ({ at })), 1)).toBe(2)
  })

  it('needs more than the first part', () => {
    expect(() => acceptedPerSecond([{ at: 1 }, { at: 2 }], 2)).toThrow('more records are needed')
    expect(() => acceptedPerSecond([], 1)).toThrow('more records are needed')
  })

  it('has a mean size beside it', () => {
    expect(bytesOf([{ bytes: 100 }, { bytes: 300 }])).toBe(200)
  })
})

describe('what was accepted through many kills', () => {
  const killed = new Set(['life-1', 'life-2'])

  it('is well when each came once', () => {
    expect(tally([receipt('a', 'life-1', 1), receipt('b', 'life-2', 2)], ['a', 'b'], killed)).toEqual({ lost: 0, duplicates: 0, mostDuplicatesByKill: 0, duplicatesUnexplained: 0 })
  })

  it('lacks what never came', () => {
    expect(tally([receipt('a', 'life-1', 1)], ['a', 'b', 'c'], killed).lost).toBe(2)
  })

  it('counts repetitions by the kill of whoever had sent it before', () => {
    const receipts = [
      // Told out of order: the kill of life-1 made both of these,
      receipt('a', 'life-2', 10), receipt('a', 'life-1', 1), receipt('b', 'life-1', 2), receipt('b', 'life-3', 20),
      // and that of life-2 one more of the first.
      receipt('a', 'life-3', 21),
    ]
    expect(tally(receipts, ['a', 'b'], killed)).toEqual({ lost: 0, duplicates: 3, mostDuplicatesByKill: 2, duplicatesUnexplained: 0 })
  })

  it.each([
    ['from the same sender', [receipt('a', 'life-1', 1), receipt('a', 'life-1', 2)]],
    ['after one who was not killed', [receipt('a', 'life-3', 1), receipt('a', 'life-4', 2)]],
    ['under another Message-ID', [receipt('a', 'life-1', 1), receipt('a', 'life-2', 2, '<other>')]],
  ])('has no explanation for a repetition %s', (_, receipts) => {
    expect(tally(receipts, ['a'], killed)).toMatchObject({ duplicates: 1, mostDuplicatesByKill: 0, duplicatesUnexplained: 1 })
  })
})
