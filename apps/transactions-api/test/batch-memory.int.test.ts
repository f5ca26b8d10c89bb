import { eventually, testBackbone, testDatabase } from '@swipestream/messaging/testing'
import { once } from 'node:events'
import { describe, expect, it, onTestFinished } from 'vitest'
import { leastSwipe } from '../src/http/example-swipe.js'
import { startApiProcess } from './api-process.js'
import { openBatch } from './batch-stream.js'
import { query } from './service.js'

const lines = 50_000
/** A line with its blanks: all of them are more than the heap may hold. */
const lineBytes = 4_000
/** Much smaller, and V8 has so little room for what is new that it collects garbage most of the time. */
const heapMb = 160
const cards = ['4111111111111111', '5555555555554444', '378282246310005', '4012888888881881', '6011111111111117']

describe('a batch of 50,000 lines', () => {
  it('is taken in by a service whose heap could not hold it', { timeout: 240_000 }, async () => {
    const backbone = await testBackbone()
    onTestFinished(() => backbone.close())
    const database = await testDatabase()
    onTestFinished(() => database.drop())
    const api = await startApiProcess({ ...backbone.env, DATABASE_URL: database.url }, heapMb)
    onTestFinished(() => api.stop())
    await eventually(() => api.ready(), { timeoutMs: 45_000 })
    const atRest = await api.rssMb()

    const batch = openBatch(api.url)
    const sending = (async () => {
      for (let n = 1; n <= lines; n++) {
        // One of five is good, and one of ten thousand too long.
        const swipe = JSON.stringify({ ...leastSwipe, card_number: cards[n % cards.length], amount_minor: n % 5 === 1 ? n : 0 })
        const line = n % 10_000 === 0 ? 'x'.repeat(300_000) : swipe.padEnd(lineBytes)
        if (!batch.request.write(`${line}\n`)) await once(batch.request, 'drain')
      }
      batch.request.end()
    })()
    let most = atRest
    let answered = 0
    const statuses: Record<number, number> = {}
    for await (const { line, status } of batch.answers()) {
      expect(line).toBe(++answered)
      statuses[status] = (statuses[status] ?? 0) + 1
      if (answered % 5_000 === 0) most = Math.max(most, await api.rssMb())
    }
    await sending
    console.log(`a batch of ${lines} lines: ${atRest} MB at rest, ${most} MB at most`)
    expect(statuses).toEqual({ 202: 10_000, 422: 39_995, 413: 5 })
    expect(await query(database.url, 'SELECT count(*)::int AS count FROM transactions')).toEqual([{ count: 10_000 }])
    expect(most - atRest).toBeLessThan((lines * lineBytes) / 1024 ** 2 / 2)
  })
})
