import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Readiness } from '@swipestream/platform'
import { MessagingError } from '../errors.js'
import type { KafkaClient, RecordToSend } from '../kafka/ports.js'

interface Row {
  readonly shard: number
  readonly id: string
  readonly topic: string
  readonly key: string
  readonly value: Buffer
  readonly headers: Record<string, string>
  readonly message_id: string
  readonly created_at: Date
}

/** A database with an outbox, as the driver shows it. */
const database = { rows: [] as Row[], looks: 0, wakes: 0, notifications: [] as number[], relays: [1], shares: 0, looking: null as Promise<void> | null, hangs: false, sessions: [] as EventEmitter[], checked: [] as string[], rejected: [] as unknown[] }
const attempts: number[] = []

vi.mock('pg', () => ({
  Client: class extends EventEmitter {
    async connect() {
      if (database.hangs) await new Promise(() => undefined)
      database.sessions.push(this)
    }
    async query(statement: string | { text: string; values: unknown[] }, parameters: unknown[] = []) {
      const { text, values } = typeof statement === 'string' ? { text: statement, values: parameters } : statement
      if (database.sessions.at(-1) !== this) throw new Error('Client was closed and is not queryable')
      if (database.hangs) await new Promise(() => undefined)
      if (text.includes('pg_try_advisory_lock_shared')) return { rows: [{ joined: true }] }
      if (text.startsWith('NOTIFY')) return { rows: [], count: database.notifications.push(database.wakes) }
      if (text.includes('pg_locks')) {
        database.shares++
        return { rows: [{ self: 1, relays: database.relays, taken: [] }] }
      }
      if (text.includes('pg_try_advisory_lock')) return { rows: (values[1] as number[]).map((shard) => ({ shard })) }
      if (text.includes('INSERT INTO outbox_rejected')) {
        const [row] = database.rows.filter(({ id }) => id === values[1])
        database.rejected.push({ id: row?.id, code: values[2] })
        database.rows = database.rows.filter((each) => each !== row)
        return { rows: [] }
      }
      if (text.includes('DELETE FROM outbox')) {
        database.rows = database.rows.filter(({ id }) => !(values[1] as string[]).includes(id))
        return { rows: [] }
      }
      if (text.includes('AS message_id')) {
        database.checked.push(text)
        const [, , topics, after] = values as [string, number[], string[] | null, string]
        return { rows: database.rows.filter(({ id, topic }) => Number(id) > Number(after) && (topics?.includes(topic) ?? true)) }
      }
      if (text.includes('CROSS JOIN LATERAL')) {
        const [, perShard, held] = values as [number[], number, string[]]
        const rows = database.rows.filter(({ topic }) => !held.includes(topic)).slice(0, perShard)
        database.looks++
        await (database.looking ?? new Promise(setImmediate))
        return { rows }
      }
      return { rows: [{ count: database.rows.length, rows: database.rows.length, oldestSeconds: 0 }] }
    }
    end() {
      return database.hangs ? new Promise(() => undefined) : Promise.resolve()
    }
  },
}))
vi.mock('../consumer/recovery.js', () => ({
  backoff: (attempt: number) => {
    attempts.push(attempt)
    return 1
  },
}))
const { OutboxRelay } = await import('./relay.js')

const row = (id: number, topic = 't'): Row => ({
  shard: 0, id: String(id), topic, key: 'k', value: Buffer.from(`v${id}`), headers: { 'message-id': `m${id}` }, message_id: `m${id}`, created_at: new Date(),
})

const kafka = { send: (_: readonly RecordToSend[]): Promise<void> => Promise.resolve(), log: [] as string[], refuses: null as string | null }
let relay: InstanceType<typeof OutboxRelay>
let warnings: number
/** What readiness was told of the outbox. */
let reports: (string | undefined)[]

beforeEach(() => {
  Object.assign(database, { rows: [], looks: 0, wakes: 0, notifications: [], relays: [1], shares: 0, looking: null, hangs: false, sessions: [], checked: [], rejected: [] })
  Object.assign(kafka, { log: [], refuses: null })
  kafka.send = (records) => Promise.resolve(void kafka.log.push(...records.map(({ value }) => String(value))))
  attempts.length = 0
  warnings = 0
  reports = []
  const reader = {
    written: () => Promise.resolve([BigInt(kafka.log.length)]),
    offsetsAt: () => Promise.resolve([0n]),
    bounds: (topic: string) => (topic === kafka.refuses ? Promise.reject(new MessagingError('KAFKA_REFUSED', 'not allowed')) : Promise.resolve([{ first: 0n, end: BigInt(kafka.log.length) }])),
    async *read() {
      yield kafka.log.map((value) => ({ headers: { 'message-id': Buffer.from(value.replace('v', 'm')) } }))
    },
    close: () => Promise.resolve(),
  }
  relay = new OutboxRelay({
    databaseUrl: 'postgres://',
    client: { reader: () => reader } as unknown as KafkaClient,
    producer: { send: (records) => kafka.send(records), close: () => Promise.resolve() },
    logger: { warn: () => warnings++, error: () => undefined, info: () => undefined, debug: () => undefined } as never,
    readiness: { report: (_, __, detail) => void reports.push(detail) } as Pick<Readiness, 'report'> as Readiness,
  })
})
afterEach(() => relay.close())

describe('the relay', () => {
  it('publishes the rows in order and deletes them', async () => {
    database.rows = [row(1), row(2)]
    relay.start()
    await vi.waitFor(() => expect(database.rows).toEqual([]))
    database.rows.push(row(3))
    relay.wake()
    await vi.waitFor(() => expect(kafka.log).toEqual(['v1', 'v2', 'v3']))
  })

  it('waits longer each time Kafka refuses, also when its database session is well, and says it once', async () => {
    database.rows = [row(1)]
    kafka.send = () => Promise.reject(new Error('no such topic'))
    relay.start()
    await vi.waitFor(() => expect(attempts.length).toBeGreaterThanOrEqual(5))
    expect(attempts.slice(0, 5)).toEqual([1, 2, 3, 4, 5])
    expect(warnings).toBe(1)
  })

  it('reads no values of rows to see whether they were published already: there may be many, and large ones', async () => {
    database.rows = [row(1)]
    kafka.log.push('v1')
    relay.start()
    await vi.waitFor(() => expect(database.rows).toEqual([]))
    expect(kafka.log).toEqual(['v1'])
    for (const text of database.checked) expect(text).not.toMatch(/\bvalue\b/)
  })

  it('that loses its session while a request is under way lets that end before it publishes again: nothing comes twice', async () => {
    database.rows = [row(1)]
    const underWay = Promise.withResolvers<void>()
    let sent = 0
    kafka.send = async (records) => {
      sent++
      await underWay.promise
      kafka.log.push(...records.map(({ value }) => String(value)))
    }
    relay.start()
    await vi.waitFor(() => expect(sent).toBe(1))
    database.sessions[0]?.emit('error', new Error('Connection terminated'))
    await vi.waitFor(() => expect(database.sessions).toHaveLength(2))
    underWay.resolve()
    await vi.waitFor(() => expect(database.rows).toEqual([]))
    expect(kafka.log).toEqual(['v1'])
  })

  it('that loses its session together with the others waits before it takes their shards: what they sent is on its way', async () => {
    database.relays = [1, 2]
    relay.start()
    await vi.waitFor(() => expect(database.shares).toBe(1))
    database.rows = [row(1)]
    // The other is not back yet: it waits for what it sent.
    database.relays = [1]
    database.sessions[0]?.emit('error', new Error('Connection terminated'))
    await vi.waitFor(() => expect(database.shares).toBe(2))
    kafka.log.push('v1')
    await vi.waitFor(() => expect(database.rows).toEqual([]), { timeout: 5_000 })
    expect(kafka.log).toEqual(['v1'])
  })

  it('sets aside a row that Kafka refuses, and publishes those it travelled with, in order', async () => {
    database.rows = [1, 2, 3, 4].map((id) => row(id))
    const take = kafka.send
    kafka.send = async (records) => {
      // As a broker does: what fits is written though the call fails.
      await take(records.filter(({ value }) => String(value) === 'v1'))
      if (records.some(({ value }) => String(value) === 'v3')) throw new MessagingError('KAFKA_RECORD_TOO_LARGE', 'too large')
      await take(records.filter(({ value }) => String(value) !== 'v1'))
    }
    relay.start()
    await vi.waitFor(() => expect(database.rows).toEqual([]))
    expect(kafka.log).toEqual(['v1', 'v2', 'v4'])
    expect(database.rejected).toEqual([{ id: '3', code: 'KAFKA_RECORD_TOO_LARGE' }])
  })

  it('holds the rows of a topic that is missing, and no others; when it is there, they come in their order', async () => {
    database.rows = [row(1, 'missing'), row(2), row(3, 'missing'), row(4)]
    let missing = true
    const take = kafka.send
    kafka.send = (records) => (missing && records[0]?.topic === 'missing' ? Promise.reject(new MessagingError('KAFKA_TOPIC_MISSING', 'no such topic')) : take(records))
    relay.start()
    await vi.waitFor(() => expect(kafka.log).toEqual(['v2', 'v4']))
    database.rows.push(row(5))
    relay.wake()
    await vi.waitFor(() => expect(kafka.log).toEqual(['v2', 'v4', 'v5']))
    expect(database.sessions).toHaveLength(1)
    missing = false
    await vi.waitFor(() => expect(database.rows).toEqual([]), { timeout: 5_000 })
    expect(kafka.log).toEqual(['v2', 'v4', 'v5', 'v1', 'v3'])
  })

  it('holds the rows of a topic that may be neither written nor read, and no others; once it may, they come, each once', async () => {
    // One of them was published by a predecessor, before somebody took the rights away.
    database.rows = [row(1, 'refused'), row(2), row(3, 'refused')]
    kafka.log.push('v1')
    kafka.refuses = 'refused'
    const take = kafka.send
    kafka.send = (records) => (records[0]?.topic === kafka.refuses ? Promise.reject(new MessagingError('KAFKA_REFUSED', 'not allowed')) : take(records))
    relay.start()
    await vi.waitFor(() => expect(kafka.log).toEqual(['v1', 'v2']))
    // It is tried again meanwhile, and refused again.
    await vi.waitFor(() => expect(attempts).toContain(2), { timeout: 5_000 })
    database.rows.push(row(4))
    relay.wake()
    await vi.waitFor(() => expect(kafka.log).toEqual(['v1', 'v2', 'v4']))
    expect(database.sessions).toHaveLength(1)
    kafka.refuses = null
    await vi.waitFor(() => expect(database.rows).toEqual([]), { timeout: 5_000 })
    expect(kafka.log).toEqual(['v1', 'v2', 'v4', 'v3'])
  })

  it('forgets a topic that it held once no row of its waits for it any more', async () => {
    database.rows = [row(1, 'missing')]
    kafka.send = () => Promise.reject(new MessagingError('KAFKA_TOPIC_MISSING', 'no such topic'))
    relay.start()
    await vi.waitFor(() => expect(reports.at(-1)).toBe('rows wait for missing'))
    // Another relay has the shard now, or somebody has taken the row out.
    database.rows = []
    await vi.waitFor(() => expect(reports.at(-1)).toBe(undefined), { timeout: 5_000 })
  })

  /**
   * It is woken again and again, for one row at a time; gives how often it can have waited 10 ms meanwhile. A timer that
   * is set late in a turn of the event loop counts from the turn's beginning: half of the time is surely waited.
   */
  async function crowd(): Promise<number> {
    const begun = performance.now()
    for (; database.wakes < 1_000; database.wakes++) {
      if (database.rows.length === 0) database.rows.push(row(database.wakes))
      relay.wake()
      await new Promise(setImmediate)
    }
    return (performance.now() - begun) / 5
  }

  it('looks for rows, which costs as much for one as for fifty, every 10 ms at the most, however often it is woken', async () => {
    relay.start()
    await vi.waitFor(() => expect(database.looks).toBe(1))
    const waits = await crowd()
    expect(database.looks).toBeLessThan(waits + 2)
  })

  it('notifies the others as seldom, and once more after the last that woke it', async () => {
    database.relays = [1, 2]
    relay.start()
    await vi.waitFor(() => expect(database.looks).toBe(1), { timeout: 5_000 })
    const waits = await crowd()
    expect(database.notifications.length).toBeLessThan(waits + 2)
    await vi.waitFor(() => expect(database.notifications.at(-1)).toBeGreaterThanOrEqual(database.wakes - 1))
  })

  it('that ends publishes also what came while it looked for the last time', async () => {
    const answered = Promise.withResolvers<void>()
    database.looking = answered.promise
    relay.start()
    await vi.waitFor(() => expect(database.looks).toBe(1))
    database.rows = [row(1)]
    const closed = relay.close()
    database.looking = null
    answered.resolve()
    await closed
    expect(kafka.log).toEqual(['v1'])
  })

  it('that is ended when it has only begun publishes what is there', async () => {
    database.rows = [row(1)]
    relay.start()
    await relay.close()
    expect(kafka.log).toEqual(['v1'])
  })

  it.each(['before it is connected', 'when it is at work'])('ends within seconds while the database does not answer %s', async (when) => {
    if (when === 'when it is at work') {
      relay.start()
      await vi.waitFor(() => expect(database.sessions).toHaveLength(1))
      database.hangs = true
      relay.wake()
    } else {
      database.hangs = true
      relay.start()
    }
    await new Promise(setImmediate)
    await relay.close()
  })
})
