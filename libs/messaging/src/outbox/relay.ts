import { setTimeout as delay } from 'node:timers/promises'
import { gauge, type Logger, type Readiness } from '@swipestream/platform'
import { Client } from 'pg'
import { backoff } from '../consumer/recovery.js'
import type { KafkaClient, Producer, RecordToSend } from '../kafka/ports.js'
import { type PendingRow, publishedAlready } from './published-already.js'

const rowsPerBatch = 500
const rowsPerCheck = 5_000
/** How often a relay looks without being woken, and one that stands by asks to take over, in milliseconds. */
const idleMs = 1_000
const afterFailure = { firstDelayMs: 100, maxDelayMs: 5_000 }
/** Key of the advisory lock: the ASCII codes of "outbox". */
const lockKey = 0x6f7574626f78
const channel = 'outbox'

interface Row extends PendingRow {
  readonly key: string
  readonly value: Buffer | null
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

  async close(): Promise<void> {
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
    const session = new Client({ connectionString: this.#parts.databaseUrl, application_name: 'outbox-relay', keepAlive: true })
    const lost = new Promise<never>((_, reject) => {
      session.on('error', reject)
      session.on('end', () => reject(new Error('The relay lost its database session')))
    })
    lost.catch(() => undefined) // reported by whoever races with it
    await session.connect()
    try {
      session.on('notification', () => this.#nudge())
      await session.query(`LISTEN ${channel}`)
      this.#session = session
      onWell()
      // A publish that waits for Kafka is left: its rows are still there for the next start.
      await Promise.race([lost, this.#closed(), this.#publishWhileLeading(session, onWell)])
    } finally {
      this.#session = null
      this.#active = false
      session.removeAllListeners('end')
      await session.end()
    }
  }

  async #publishWhileLeading(session: Client, onWell: () => void): Promise<void> {
    while (!(await lockFor(session))) {
      await this.#sleep(idleMs)
      if (this.#closing.signal.aborted) return
    }
    this.#active = true
    await this.#deletePublished(session)
    while (!this.#closing.signal.aborted) {
      this.#woken = false
      const rows = await pendingRows(session, rowsPerBatch)
      if (rows.length > 0) {
        await this.#parts.producer.send(rows.map(recordOf))
        await deleteRows(session, rows)
        onWell()
      }
      await this.#measure(session, rows)
      if (rows.length < rowsPerBatch && !this.#woken) await this.#sleep(idleMs)
    }
  }

  /** What a predecessor published, and did not live to delete, must not be published again. */
  async #deletePublished(session: Client): Promise<void> {
    const reader = this.#parts.client.reader()
    try {
      let deleted = 0
      for (let rows = await pendingRows(session, rowsPerCheck); rows.length > 0; ) {
        const ids = [...(await publishedAlready(rows, reader))]
        await session.query('DELETE FROM outbox WHERE id = ANY($1::bigint[])', [ids])
        deleted += ids.length
        rows = await pendingRows(session, rowsPerCheck, rows.at(-1)?.id)
      }
      if (deleted > 0) this.#parts.logger.info({ rows: deleted }, 'Outbox rows that were published already are deleted')
    } finally {
      await reader.close()
    }
  }

  async #measure(session: Client, rows: readonly Row[]): Promise<void> {
    const [oldest] = rows
    this.#oldest.set(oldest ? Math.max(0, (Date.now() - oldest.created_at.getTime()) / 1_000) : 0)
    if (rows.length < rowsPerBatch) return this.#pending.set(0)
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

  async #sleep(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>((resolve) => {
      this.#wakeUp = resolve
      timer = setTimeout(resolve, ms)
      if (this.#closing.signal.aborted || (this.#active && this.#woken)) resolve()
    })
    clearTimeout(timer)
    this.#wakeUp = null
  }

  #closed(): Promise<void> {
    return new Promise((resolve) => this.#closing.signal.addEventListener('abort', () => resolve(), { once: true }))
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

async function pendingRows(session: Client, limit: number, after = '0'): Promise<Row[]> {
  const text = 'SELECT id, topic, key, value, headers, created_at FROM outbox WHERE id > $1 ORDER BY id LIMIT $2'
  const { rows } = await session.query<Row>({ name: 'outbox-pending', text, values: [after, limit] })
  return rows
}

async function deleteRows(session: Client, rows: readonly Row[]): Promise<void> {
  await session.query('DELETE FROM outbox WHERE id = ANY($1::bigint[])', [rows.map(({ id }) => id)])
}

function recordOf({ topic, key, value, headers }: Row): RecordToSend {
  return { topic, key: Buffer.from(key), value, headers }
}
