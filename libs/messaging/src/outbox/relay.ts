import { setTimeout as delay } from 'node:timers/promises'
import { gauge, type Logger, type Readiness } from '@swipestream/platform'
import { Client } from 'pg'
import { backoff } from '../consumer/recovery.js'
import { messageIdHeader } from '../envelope.js'
import { endedWithin } from '../kafka/patience.js'
import type { KafkaClient, Producer, RecordToSend } from '../kafka/ports.js'
import { type PendingRow, publishedAlready } from './published-already.js'

const rowsPerBatch = 500
/** Their ids only: about 10 MB. Each check reads the topics anew, so there should be few. */
const rowsPerCheck = 50_000
/** How often a relay looks without being woken, and one that stands by asks to take over, in milliseconds. */
const idleMs = 1_000
const afterFailure = { firstDelayMs: 100, maxDelayMs: 5_000 }
/** Key of the advisory lock: the ASCII codes of "outbox". */
const lockKey = 0x6f7574626f78
const channel = 'outbox'
/** A database that does not answer must hold up neither the taking over by another instance nor the end of the process. */
const sessionTimeouts = { connectionTimeoutMillis: 5_000, query_timeout: 30_000 }
const endPatienceMs = 1_000
/** How often the rows are counted, in milliseconds: counting many takes long. */
const countEveryMs = 5_000

interface Row {
  readonly id: string
  readonly topic: string
  readonly key: string
  readonly value: Buffer | null
  readonly headers: Readonly<Record<string, string>>
  readonly created_at: Date
}

export interface RelayParts {
  readonly databaseUrl: string
  readonly client: KafkaClient
  readonly producer: Producer
  readonly logger: Logger
  readonly readiness: Readiness
}

/**
 * Publishes the outbox in the order of its rows. Of all instances of a service one relay works at a time (an advisory
 * lock of its database session); the others stand by. Rows are deleted once they are written on all replicas in sync.
 */
export class OutboxRelay {
  readonly #parts: RelayParts
  readonly #closing = new AbortController()
  readonly #pending = gauge({ name: 'outbox_pending_rows', help: 'Rows of the outbox that wait to be published' })
  readonly #oldest = gauge({ name: 'outbox_oldest_seconds', help: 'Age of the oldest row that waits to be published' })
  #running: Promise<void> = Promise.resolve()
  #session: Client | null = null
  #active = false
  #woken = false
  #wakeUp: (() => void) | null = null
  #notifying = false
  #onAllPublished: (() => void) | null = null
  /** What was handed to the producer last; never rejects. */
  #sending: Promise<unknown> = Promise.resolve()
  #countedAt = 0

  constructor(parts: RelayParts) {
    this.#parts = parts
  }

  start(): void {
    this.#running = this.#run()
  }

  /**
   * There is something to publish. Not a NOTIFY inside the caller's transaction: PostgreSQL lets transactions that
   * notify commit one after the other only, which would end group commit.
   */
  wake(): void {
    this.#nudge()
    if (!this.#active) this.#notify()
  }

  /** Publishes what is there, if that takes no long time, and ends; what is left is published by the next leader. */
  async close(): Promise<void> {
    if (this.#active) {
      const published = new Promise<void>((resolve) => {
        this.#onAllPublished = resolve
      })
      this.#nudge()
      await endedWithin(published, endPatienceMs)
    }
    this.#closing.abort()
    this.#wakeUp?.()
    await this.#running
  }

  #nudge(): void {
    this.#woken = true
    this.#wakeUp?.()
  }

  async #run(): Promise<void> {
    for (let failures = 0; !this.#closing.signal.aborted; ) {
      try {
        await this.#lead(() => {
          failures = 0
          this.#parts.readiness.report('outbox', 'up')
        })
      } catch (error) {
        if (this.#closing.signal.aborted) break
        const reason = error instanceof Error ? error : new Error(String(error))
        if (++failures === 1) this.#parts.logger.warn({ err: reason }, 'The outbox relay stopped; it starts again')
        // Swipes are still taken: the service stays ready while what it says waits in its own database.
        this.#parts.readiness.report('outbox', 'up', `waits: ${reason.message}`)
        await this.#pause(backoff(failures, afterFailure, Math.random()))
      }
    }
  }

  /** Waits for the lock, then publishes until something fails or the service stops. */
  async #lead(onWell: () => void): Promise<void> {
    const session = new Client({ connectionString: this.#parts.databaseUrl, application_name: 'outbox-relay', keepAlive: true, ...sessionTimeouts })
    const ended = Promise.withResolvers<void>()
    session.on('error', ended.reject)
    session.on('end', () => ended.reject(new Error('The relay lost its database session')))
    session.on('notification', () => this.#nudge())
    const over = new AbortController()
    const close = () => ended.resolve()
    this.#closing.signal.addEventListener('abort', close, { once: true })
    try {
      // Neither a database that hangs nor a publish that waits for Kafka is waited for: the rows are there at the next start.
      await Promise.race([ended.promise, this.#work(session, onWell, over.signal)])
    } finally {
      over.abort()
      this.#closing.signal.removeEventListener('abort', close)
      this.#session = null
      this.#active = false
      await endedWithin(session.end(), endPatienceMs)
    }
  }

  async #work(session: Client, onWell: () => void, over: AbortSignal): Promise<void> {
    await session.connect()
    await session.query(`LISTEN ${channel}`)
    over.throwIfAborted()
    this.#session = session
    // A request of a session that was lost may still be under way: it must not come after what this one publishes.
    await this.#sending
    while (!(await lockFor(session))) {
      onWell()
      await this.#sleep(idleMs, over)
    }
    over.throwIfAborted()
    this.#active = true
    await this.#deletePublished(session, over)
    await this.#publishWhileLeading(session, onWell, over)
  }

  async #publishWhileLeading(session: Client, onWell: () => void, over: AbortSignal): Promise<void> {
    for (;;) {
      over.throwIfAborted()
      this.#woken = false
      const rows = await pendingRows(session)
      if (rows.length > 0) {
        // Before: while a request waits for Kafka, the figures must not say that all is well.
        await this.#measure(session, rows)
        await this.#send(rows)
        await deleteRows(session, rows.map(({ id }) => id))
      }
      onWell()
      if (rows.length === rowsPerBatch) continue
      // What woke it meanwhile may have come after this look at the rows.
      if (!this.#woken) this.#onAllPublished?.()
      await this.#measure(session, [])
      await this.#sleep(idleMs, over)
    }
  }

  async #send(rows: readonly Row[]): Promise<void> {
    const sending = this.#parts.producer.send(rows.map(recordOf))
    this.#sending = sending.catch(() => undefined) // reported by the caller
    await sending
  }

  /** What a predecessor published, and did not live to delete, must not be published again. */
  async #deletePublished(session: Client, over: AbortSignal): Promise<void> {
    const reader = this.#parts.client.reader()
    const close = () => void reader.close()
    over.addEventListener('abort', close, { once: true })
    try {
      let deleted = 0
      for (let rows = await rowsToCheck(session, '0'); rows.length > 0; ) {
        const ids = [...(await publishedAlready(rows, reader))]
        await deleteRows(session, ids)
        deleted += ids.length
        rows = await rowsToCheck(session, rows.at(-1)?.id ?? '0')
      }
      if (deleted > 0) this.#parts.logger.info({ rows: deleted }, 'Outbox rows that were published already are deleted')
    } finally {
      over.removeEventListener('abort', close)
      await reader.close()
    }
  }

  async #measure(session: Client, rows: readonly Row[]): Promise<void> {
    const [oldest] = rows
    this.#oldest.set(oldest ? Math.max(0, (Date.now() - oldest.created_at.getTime()) / 1_000) : 0)
    if (rows.length < rowsPerBatch) return this.#pending.set(rows.length)
    if (Date.now() - this.#countedAt < countEveryMs) return
    this.#countedAt = Date.now()
    const { rows: counted } = await session.query<{ count: number }>('SELECT count(*)::int AS count FROM outbox')
    this.#pending.set(counted[0]?.count ?? 0)
  }

  /** Wakes the instance that leads; what comes meanwhile shares the next notification. */
  #notify(): void {
    const session = this.#session
    if (this.#notifying || !session) return
    this.#notifying = true
    session.query(`NOTIFY ${channel}`).then(
      () => {
        this.#notifying = false
      },
      (error: unknown) => {
        this.#notifying = false
        this.#parts.logger.debug({ err: error }, 'The leading relay was not notified; it looks by itself every second')
      },
    )
  }

  /** Until it is woken, at most so long. */
  async #sleep(ms: number, over: AbortSignal): Promise<void> {
    over.throwIfAborted()
    if (this.#active && this.#woken) return
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>((resolve) => {
      this.#wakeUp = resolve
      timer = setTimeout(resolve, ms)
    })
    clearTimeout(timer)
    // One whose session was lost must not clear what the next one of this instance knows.
    over.throwIfAborted()
    this.#wakeUp = null
  }

  async #pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#closing.signal }).catch((error: unknown) => {
      if (!this.#closing.signal.aborted) throw error
    })
  }
}

async function lockFor(session: Client): Promise<boolean> {
  const { rows } = await session.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1::bigint) AS locked', [lockKey])
  return rows[0]?.locked === true
}

async function pendingRows(session: Client): Promise<Row[]> {
  const text = 'SELECT id, topic, key, value, headers, created_at FROM outbox ORDER BY id LIMIT $1'
  const { rows } = await session.query<Row>({ name: 'outbox-pending', text, values: [rowsPerBatch] })
  return rows
}

/** Without their values: there may be many, and large ones. */
async function rowsToCheck(session: Client, after: string): Promise<PendingRow[]> {
  const text = 'SELECT id, topic, headers->>$1 AS message_id, created_at FROM outbox WHERE id > $2 ORDER BY id LIMIT $3'
  const { rows } = await session.query<PendingRow>(text, [messageIdHeader, after, rowsPerCheck])
  return rows
}

async function deleteRows(session: Client, ids: readonly string[]): Promise<void> {
  await session.query('DELETE FROM outbox WHERE id = ANY($1::bigint[])', [ids])
}

function recordOf({ topic, key, value, headers }: Row): RecordToSend {
  return { topic, key: Buffer.from(key), value, headers }
}
