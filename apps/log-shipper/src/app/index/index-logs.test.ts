import type { LogLine } from '@swipestream/contracts'
import type { Received } from '@swipestream/messaging'
import { beforeEach, describe, expect, test } from 'vitest'
import { utc } from '../../domain/parse/zone.js'
import type { Created, NewDocument } from '../../elasticsearch/log-index.js'
import { LogError } from '../../errors.js'
import { batchSize, IndexLogs } from './index-logs.js'

/** An index that has documents by id in two backing indices, and counts what it is asked. */
class FakeIndex {
  readonly ids = new Set<string>()
  lookedUp: string[][] = []
  bulks: string[][] = []
  refuses = new Set<string>()
  failure: Error | undefined

  existing(ids: readonly string[]): Promise<Set<string>> {
    this.lookedUp.push([...ids])
    return Promise.resolve(new Set(ids.filter((id) => this.ids.has(id))))
  }

  create(documents: readonly NewDocument[]): Promise<Created[]> {
    this.bulks.push(documents.map(({ id }) => id))
    if (this.failure !== undefined) return Promise.reject(this.failure)
    return Promise.resolve(
      documents.map(({ id }) => {
        if (this.refuses.has(id)) return { refused: 'document_parsing_exception: no' }
        if (this.ids.has(id)) return 'there'
        this.ids.add(id)
        return 'created'
      }),
    )
  }
}

let index: FakeIndex
let logs: IndexLogs
let signal: AbortSignal
beforeEach(() => {
  index = new FakeIndex()
  logs = new IndexLogs(index, 'default', { zone: utc })
  signal = new AbortController().signal
})

const record = (offset: number): Received<LogLine> => ({
  key: 'h/f',
  headers: {},
  origin: { topic: 'server_logs', partition: 0, offset, timestamp: 0 },
  value: { file_key: 'h/f', host: 'h', file_id: 'f', path: '/a', generation: 0, offset, end_offset: offset + 1, service: 's', format: 'auto', message: 'm', truncated: false, redactions: 0, read_at: 0 },
})
const records = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => record(from + i))
const run = (batch: Received<LogLine>[], at = signal) => logs.run(batch, { partition: 0, signal: at })

describe('entries', () => {
  test('are looked up after an assignment, until as many as a request holds were new', async () => {
    await run(records(0, batchSize))
    await run(records(batchSize, batchSize + 5))
    expect(index.lookedUp.map(({ length }) => length)).toEqual([batchSize])
    await run(records(batchSize + 5, batchSize + 8), new AbortController().signal)
    expect(index.lookedUp.map(({ length }) => length)).toEqual([batchSize, 3])
    expect(index.ids.size).toBe(batchSize + 8)
  })

  test('that are there are not created again', async () => {
    index.ids.add('h/f:0:1')
    await run(records(0, 3))
    expect(index.bulks).toEqual([['h/f:0:0', 'h/f:0:2']])
  })

  test('of a request that failed are looked up when they come again', async () => {
    await run(records(0, batchSize))
    index.failure = new LogError('LOG_INDEX_UNAVAILABLE', 'away')
    await expect(run(records(batchSize, batchSize + 2))).rejects.toMatchObject({ code: 'LOG_INDEX_UNAVAILABLE', kind: 'transient' })
    index.failure = undefined
    await run(records(batchSize, batchSize + 2))
    expect(index.lookedUp.at(-1)).toEqual([`h/f:0:${batchSize}`, `h/f:0:${batchSize + 1}`])
  })

  test('of which one is refused come one by one: the index is not asked again, and one is at fault', async () => {
    index.refuses.add('h/f:0:1')
    await expect(run(records(0, 3))).rejects.toMatchObject({ code: 'LOG_INDEX_REFUSED', kind: 'poison', message: expect.stringContaining('document_parsing_exception') as unknown })
    await run([record(0)])
    await expect(run([record(1)])).rejects.toMatchObject({ code: 'LOG_INDEX_REFUSED' })
    await run([record(2)])
    expect(index.bulks).toHaveLength(1)
    expect([...index.ids]).toEqual(['h/f:0:0', 'h/f:0:2'])
  })
})
