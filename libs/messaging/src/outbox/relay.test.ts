import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Readiness } from '@swipestream/platform'
import type { KafkaClient, RecordToSend } from '../kafka/ports.js'

interface Row {
  readonly id: string
  readonly topic: string
  readonly key: string
  readonly value: Buffer
  readonly headers: Record<string, string>
  readonly message_id: string
  readonly created_at: Date
}

/** A database with an outbox, as the driver shows it. */
const database = { rows: [] as Row[], looks: 0, looking: null as Promise<void> | null, hangs: false, sessions: [] as EventEmitter[], checked: [] as string[] }
const attempts: number[] = []

vi.mock('pg', () => ({
  Client: class extends EventEmitter {
    async connect() {
      if (database.hangs) await new Promise(() => undefined)
      database.sessions.push(this)
    }
    async query(statement: string | { text: string }, values: unknown[] = []) {
      const text = typeof statement === 'string' ? statement : statement.text
      if (database.sessions.at(-1) !== this) throw new Error('Client was closed and is not queryable')
      if (database.hangs) await new Promise(() => undefined)
      if (text.includes('pg_try_advisory_lock')) return { rows: [{ locked: true }] }
      if (text.startsWith('DELETE')) database.rows = database.rows.filter(({ id }) => !(values[0] as string[]).includes(id))
      if (text.includes('AS message_id')) {
        database.checked.push(text)
        return { rows: database.rows.filter(({ id }) => Number(id) > Number(values[1])) }
      }
      if (text.startsWith('SELECT id')) {
        const rows = database.rows.slice(0, 500)
        database.looks++
        await (database.looking ?? new Promise(setImmediate))
        return { rows }
      }
      return { rows: [{ count: database.rows.length }] }
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

const row = (id: number): Row => ({
  id: String(id), topic: 't', key: 'k', value: Buffer.from(`v${id}`), headers: { 'message-id': `m${id}` }, message_id: `m${id}`, created_at: new Date(),
})

const kafka = { send: (_: readonly RecordToSend[]): Promise<void> => Promise.resolve(), log: [] as string[] }
let relay: InstanceType<typeof OutboxRelay>
let warnings: number

beforeEach(() => {
  Object.assign(database, { rows: [], looks: 0, looking: null, hangs: false, sessions: [], checked: [] })
  Object.assign(kafka, { log: [] })
  kafka.send = (records) => Promise.resolve(void kafka.log.push(...records.map(({ value }) => String(value))))
  attempts.length = 0
  warnings = 0
  const reader = {
    offsetsAt: () => Promise.resolve([0n]),
    bounds: () => Promise.resolve([{ first: 0n, end: BigInt(kafka.log.length) }]),
    async *read() {
      yield kafka.log.map((value) => ({ headers: { 'message-id': Buffer.from(value.replace('v', 'm')) } }))
    },
    close: () => Promise.resolve(),
  }
  relay = new OutboxRelay({
    databaseUrl: 'postgres://',
    client: { reader: () => reader } as unknown as KafkaClient,
    producer: { send: (records) => kafka.send(records), close: () => Promise.resolve() },
    logger: { warn: () => warnings++, info: () => undefined, debug: () => undefined } as never,
    readiness: { report: () => undefined } as unknown as Readiness,
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
