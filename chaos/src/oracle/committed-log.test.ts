import { describe, expect, it } from 'vitest'
import { committedLog } from './committed-log.js'
import { type BatchToWrite, batchBytes } from './log-bytes.fixture.js'

const texts = (...values: string[]) => values.map((value) => ({ key: `key of ${value}`, value }))
const log = (...batches: BatchToWrite[]) => committedLog([Buffer.concat(batches.map(batchBytes))])
const seen = (...batches: BatchToWrite[]) => [...log(...batches).records()].map(({ offset, value }) => [offset, value?.toString()])

describe('the committed records of a log', () => {
  it('are read with offset, key and value, whatever their size, headers and number', () => {
    const large = 'x'.repeat(100_000)
    const records = [{ key: 'a', value: large, headers: { 'message-id': '1', 'empty': '' } }, { key: null, value: 'b' }, { key: 'gone', value: null }]
    const read = [...log({ offset: 4_000_000_000, records }, { offset: 4_000_000_003, records: texts('c') }).records()]
    expect(read.map(({ offset, key, value }) => [offset, key?.toString(), value?.toString()])).toEqual([
      [4_000_000_000, 'a', large], [4_000_000_001, undefined, 'b'], [4_000_000_002, 'gone', undefined], [4_000_000_003, 'key of c', 'c'],
    ])
  })

  it('are those whose transaction has a commit marker, and those of no transaction', () => {
    const of = (producer: bigint) => ({ producer, transactional: true })
    const batches: BatchToWrite[] = [
      { offset: 0, ...of(1n), records: texts('committed') },
      { offset: 1, ...of(2n), records: texts('aborted', 'too') },
      { offset: 3, producer: 3n, records: texts('idempotent') },
      { offset: 4, ...of(2n), marker: 'abort' },
      { offset: 5, ...of(1n), records: texts('committed as well') },
      { offset: 6, ...of(1n), marker: 'commit' },
      { offset: 7, ...of(2n), records: texts('of the next transaction') },
      { offset: 8, ...of(2n), marker: 'commit' },
    ]
    expect(seen(...batches)).toEqual([[0, 'committed'], [3, 'idempotent'], [5, 'committed as well'], [7, 'of the next transaction']])
    expect(log(...batches)).toMatchObject({ count: 4, aborted: 2, hanging: 0 })
  })

  it('end before a transaction that has no end', () => {
    const open = { producer: 1n, transactional: true }
    const batches: BatchToWrite[] = [{ offset: 0, records: texts('before') }, { offset: 1, ...open, records: texts('open') }, { offset: 2, records: texts('behind') }]
    expect(seen(...batches)).toEqual([[0, 'before']])
    expect(log(...batches)).toMatchObject({ count: 1, hanging: 2 })
  })

  it('go over from one segment to the next, and leave out a batch that is being written', () => {
    const [first, second, third] = ['a', 'b', 'c'].map((text, offset) => batchBytes({ offset, records: texts(text) }))
    const segments = [first!, Buffer.concat([second!, third!.subarray(0, third!.length - 1)])]
    expect([...committedLog(segments).records()].map(({ value }) => value?.toString())).toEqual(['a', 'b'])
    expect([...committedLog([Buffer.concat([first!, Buffer.alloc(200)])]).records()]).toHaveLength(1)
  })

  it('are not guessed where the bytes are compressed', () => {
    expect(() => log({ offset: 0, compression: 2 })).toThrow('compressed')
  })
})
