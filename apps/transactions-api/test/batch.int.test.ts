import { transactionsLog } from '@swipestream/contracts'
import { eventually } from '@swipestream/messaging/testing'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fullSwipe, leastSwipe, testCard } from '../src/http/example-swipe.js'
import type { LineAnswer } from '../src/http/batch-lines.js'
import { apiUnderTest, type ApiUnderTest } from './api-under-test.js'
import { openBatch } from './batch-stream.js'
import { startApi } from './service.js'

let system: ApiUnderTest

beforeAll(async () => {
  system = await apiUnderTest()
})
afterAll(() => system?.close())

const open = () => openBatch(system.api.url)
const send = (...lines: unknown[]) => open().finish(...lines)
const atMerchant = (merchant: string) =>
  system.query<{ amount_minor: string; transaction_id: string }>('SELECT amount_minor, transaction_id FROM transactions WHERE merchant_id = $1 ORDER BY amount_minor', [merchant])
const codes = (answers: readonly LineAnswer[]) => answers.map(({ status, problem }) => problem?.code ?? status)
/** The n-th of many cards. */
const cards = ['4111111111111111', '5555555555554444', '378282246310005', '4012888888881881', '6011111111111117']

describe('a batch', () => {
  it('is answered line by line, in order; a bad line does not stop the others', async () => {
    const merchant = randomUUID()
    const swipe = (n: number) => ({ ...leastSwipe, merchant_id: merchant, amount_minor: n })
    const lines = [
      swipe(1),
      { ...swipe(2), currency: 'XYZ', extra: 1 },
      '{"card_number": "4111',
      swipe(4),
      { ...swipe(5), merchant_name: 'x'.repeat(65_536) },
      '',
      { ...swipe(7), idempotency_key: '' },
      { ...swipe(8), idempotency_key: testCard },
      '[]',
      { ...swipe(10), terminal_id: testCard },
      swipe(11),
    ]
    const answers = await send(...lines)
    expect(answers.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 7, 8, 9, 10, 11])
    expect(codes(answers)).toEqual([202, 'SWIPE_INVALID', 'INVALID_JSON', 202, 'LINE_TOO_LONG', 'SWIPE_INVALID', 'SWIPE_INVALID', 'SWIPE_INVALID', 'SWIPE_INVALID', 202])
    expect(answers.map(({ problem }) => problem?.errors?.map(({ field }) => field) ?? [])).toEqual(
      [[], ['currency', 'extra'], [], [], [], ['idempotency_key'], ['idempotency_key'], ['body'], ['terminal_id'], []],
    )
    expect(answers.map(({ status }) => status)).toEqual([202, 422, 400, 202, 413, 422, 422, 422, 422, 202])
    expect(JSON.stringify(answers)).not.toContain('4111')
    const rows = await atMerchant(merchant)
    expect(rows.map(({ amount_minor: amount }) => Number(amount))).toEqual([1, 4, 11])
    expect(answers.flatMap(({ transaction_id: id }) => id ?? [])).toEqual(rows.map(({ transaction_id: id }) => id))
  })

  it('is answered while it is sent: a line before the next one', async () => {
    const batch = open()
    const answers = batch.answers()
    for (let n = 1; n <= 5; n++) {
      batch.send({ ...leastSwipe, amount_minor: n })
      expect((await answers.next()).value).toMatchObject({ line: n, status: 202 })
    }
    expect((await batch.response).headers['content-type']).toBe('application/x-ndjson')
    expect(await batch.finish()).toEqual([])
  })

  it('of no lines is answered with none', async () => {
    expect(await send()).toEqual([])
  })

  it('is stored in few commits, and published in the order of its lines for each card', async () => {
    const merchant = randomUUID()
    const lines = Array.from({ length: 2_000 }, (_, n) => ({ ...leastSwipe, card_number: cards[n % cards.length], merchant_id: merchant, amount_minor: n + 1 }))
    const answers = await send(...lines)
    expect(answers.every(({ status }) => status === 202)).toBe(true)
    const [commits] = await system.query<{ count: number }>('SELECT count(DISTINCT xmin::text)::int AS count FROM transactions WHERE merchant_id = $1', [merchant])
    expect(commits!.count).toBeLessThan(2_000)
    await eventually(async () => (await system.count('outbox')) === 0)
    const published = (await system.backbone.received(transactionsLog)).filter(({ value }) => value.merchant_id === merchant)
    expect(published).toHaveLength(2_000)
    for (const [, ofCard] of Map.groupBy(published, ({ key }) => key)) {
      const amounts = ofCard.map(({ value }) => value.amount_minor)
      expect(amounts).toEqual(amounts.toSorted((a, b) => a - b))
    }
  })

  it('sent again with the keys of its lines stores nothing twice', async () => {
    const merchant = randomUUID()
    const lines = Array.from({ length: 300 }, (_, n) => ({ ...fullSwipe, merchant_id: merchant, amount_minor: n + 1, idempotency_key: randomUUID() }))
    const first = await send(...lines.slice(0, 200))
    const again = await send(...lines)
    expect(again.map(({ transaction_id: id }) => id).slice(0, 200)).toEqual(first.map(({ transaction_id: id }) => id))
    expect(again.map(({ replayed }) => replayed)).toEqual(lines.map((_, n) => (n < 200 ? true : undefined)))
    expect(await atMerchant(merchant)).toHaveLength(300)
    // The key is the client's, however it sends the swipe.
    const { idempotency_key: key, ...alone } = lines[0]!
    expect(await system.api.post(alone, { 'idempotency-key': key })).toMatchObject({ status: 202, body: { transaction_id: first[0]!.transaction_id } })
  })

  it('may have a key twice: the second line is the repetition of the first, or is refused', async () => {
    const swipe = { ...fullSwipe, idempotency_key: randomUUID() }
    const answers = await send(swipe, swipe, { ...swipe, card_number: cards[1] })
    expect(codes(answers)).toEqual([202, 202, 'IDEMPOTENCY_KEY_REUSED'])
    expect(answers[1]).toMatchObject({ transaction_id: answers[0]!.transaction_id, replayed: true })
    expect(answers[2]?.problem?.errors).toEqual([{ field: 'idempotency_key', detail: 'stands for another request' }])
  })

  it('whose connection breaks has stored what was answered, and nothing of a line that was cut', async () => {
    const merchant = randomUUID()
    const batch = open()
    const answers = batch.answers()
    batch.send(...Array.from({ length: 50 }, (_, n) => ({ ...leastSwipe, merchant_id: merchant, amount_minor: n + 1 })))
    const answered: LineAnswer[] = []
    while (answered.length < 50) answered.push((await answers.next()).value as LineAnswer)
    // All of a swipe is there, but not the end of its line.
    batch.request.write(JSON.stringify({ ...leastSwipe, merchant_id: merchant, amount_minor: 999 }))
    await eventually(() => batch.request.writableLength === 0)
    batch.request.destroy()
    await eventually(() => system.api.log.some((line) => line.includes('"status":499') || line.includes('premature')))
    expect((await atMerchant(merchant)).map(({ transaction_id: id }) => id)).toEqual(answered.map(({ transaction_id: id }) => id))
  })

  it('is put off while as many are under way as may be, and is taken again when one has ended', async () => {
    const running = Array.from({ length: 8 }, open)
    for (const batch of running) {
      batch.send(leastSwipe)
      expect((await batch.answers().next()).value).toMatchObject({ status: 202 })
    }
    const refused = open()
    refused.request.end()
    const response = await refused.response
    expect(response.statusCode).toBe(503)
    expect(response.headers['retry-after']).toBe('1')
    response.resume()

    running[0]!.request.destroy()
    await eventually(async () => {
      const next = open()
      next.request.end(`${JSON.stringify(leastSwipe)}\n`)
      return (await next.response).resume().statusCode === 200
    })
    for (const batch of running.slice(1)) expect(await batch.finish()).toEqual([])
  })
})

describe('a batch that is silent', () => {
  it('is cut off, and leaves what was taken', async () => {
    const api = await startApi({ ...system.backbone.env, DATABASE_URL: system.databaseUrl, BATCH_IDLE_SECONDS: '1' })
    try {
      const merchant = randomUUID()
      const batch = openBatch(api.url)
      const answers = batch.answers()
      batch.send({ ...leastSwipe, merchant_id: merchant })
      expect((await answers.next()).value).toMatchObject({ status: 202 })
      await expect(answers.next()).rejects.toThrow()
      expect(await atMerchant(merchant)).toHaveLength(1)
    } finally {
      await api.stop()
    }
  })
})

describe('a batch whose instance stops', () => {
  it('is answered as far as it was read, and told so', async () => {
    const api = await startApi({ ...system.backbone.env, DATABASE_URL: system.databaseUrl })
    const batch = openBatch(api.url)
    const answers = batch.answers()
    batch.send(leastSwipe, leastSwipe)
    expect([(await answers.next()).value, (await answers.next()).value]).toMatchObject([{ status: 202 }, { status: 202 }])
    const stopped = api.stop()
    expect((await answers.next()).value).toMatchObject({ line: 3, status: 503, problem: { code: 'SHUTTING_DOWN' } })
    expect((await answers.next()).done).toBe(true)
    batch.request.end()
    await stopped
  })
})
