import { type Logger, pause, type Readiness } from '@swipestream/platform'
import { Client } from 'pg'
import { backoff } from '../consumer/recovery.js'
import { messageIdHeader } from '../envelope.js'
import type { MessagingError } from '../errors.js'
import { endedWithin } from '../kafka/patience.js'
import type { KafkaClient, Producer } from '../kafka/ports.js'
import { BacklogMetrics } from './backlog-metrics.js'
import { deleteRows, type PendingRow, pendingRows, rejectRow, type Row, rowsToCheck } from './outbox-rows.js'
import { publishRows } from './publish-rows.js'
import { type Look, publishedAlready } from './published-already.js'
import { shardCount, ShardLocks } from './shard-locks.js'

const rowsPerBatch = 512
/** How often a relay looks without being woken, and at how many relays there are, in milliseconds. */
const idleMs = 1_000
/**
 * A look that found rows is followed by another after a millisecond for each, within these bounds: a look costs the
 * same for one row as for fifty, so the more there is to do, the more each is to find.
 */
const betweenLooksMs = { least: 10, most: 50 }
const afterFailure = { firstDelayMs: 100, maxDelayMs: 5_000 }
const channel = 'outbox'
/** A database that does not answer must hold up neither the taking over by another instance nor the end of the process. */
const sessionTimeouts = { connectionTimeoutMillis: 5_000, query_timeout: 30_000 }
/**
 * The server, too, must learn within seconds that a relay is cut off: its shards are others' then. And it must not read
 * the whole table: statements are planned when it is all but empty, and executed when it may be full.
 */
const sessionSettings = '-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3 -c tcp_user_timeout=10000 -c enable_seqscan=off'
const endPatienceMs = 1_000
/** How long the end waits for what is still to be published. */
const lastWordsMs = 2_000

export interface RelayParts {
  readonly databaseUrl: string
  readonly client: KafkaClient
  readonly producer: Producer
  readonly logger: Logger
  readonly readiness: Readiness
}

/** A topic that takes nothing: how often it was tried in vain, and when it is tried again (0: now). */
interface Held {
  readonly until: number
  readonly failures: number
}

/**
 * Publishes the outbox. All instances of a service do, each its shards of the keys, and the rows of a shard in their
 * order. Rows are deleted once they are written on all replicas in sync.
 */
export class OutboxRelay {
  readonly #parts: RelayParts
  readonly #closing = new AbortController()
  readonly #metrics = new BacklogMetrics()
  #running: Promise<void> = Promise.resolve()
  #session: Client | null = null
  #shards: ShardLocks | null = null
  /** Whether there were other relays when this one last looked: a session that is lost is seldom the only one. */
  #others = false
  #woken = false
  #wakeUp: (() => void) | null = null
  #notifying = false
  /** From one look to the next, and from one notification to the next, at least. */
  #pauseMs = betweenLooksMs.least
  /** Somebody woke this relay since it last notified the others. */
  #toNotify = false
  #onAllPublished: (() => void) | null = null
  /** What was handed to the producer last; never rejects. */
  #sending: Promise<unknown> = Promise.resolve()
  readonly #held = new Map<string, Held>()

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
    // Whose shard it is, is known to the database only: those it concerns not look in vain, once for many.
    if (this.#shards?.owned.length !== shardCount) void this.#notify()
  }

  /**
   * Publishes what is there of its shards, if that takes no long time, and ends; what is left is published by the others.
   * One that has only begun is given the time to connect.
   */
  async close(): Promise<void> {
    const published = new Promise<void>((resolve) => {
      this.#onAllPublished = resolve
    })
    this.#nudge()
    await endedWithin(Promise.race([published, this.#running]), lastWordsMs)
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
        await this.#relay(() => {
          failures = 0
          const held = [...this.#held.keys()]
          this.#parts.readiness.report('outbox', 'up', held.length > 0 ? `rows wait for ${held.join(', ')}` : undefined)
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

  /** Publishes until something fails or the service stops. */
  async #relay(onWell: () => void): Promise<void> {
    const session = new Client({
      connectionString: this.#parts.databaseUrl, application_name: 'outbox-relay', keepAlive: true, options: sessionSettings, ...sessionTimeouts,
    })
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
      this.#others = this.#shards?.others ?? this.#others
      this.#shards = null
      this.#metrics.ownsNone()
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
    const shards = new ShardLocks(session, this.#others)
    while (!(await shards.join())) {
      onWell()
      await this.#sleep(idleMs, over)
    }
    over.throwIfAborted()
    this.#shards = shards
    await this.#publish(session, shards, onWell, over)
  }

  async #publish(session: Client, shards: ShardLocks, onWell: () => void, over: AbortSignal): Promise<void> {
    for (let sharedAt = Number.NEGATIVE_INFINITY; ; ) {
      over.throwIfAborted()
      if (performance.now() - sharedAt >= idleMs) {
        sharedAt = performance.now()
        const came = await shards.share()
        // What a predecessor published, and did not live to delete, must not be published again.
        if (came.length > 0) await this.#deletePublished(session, came, null, over)
        await this.#tryHeldAgain(session, shards, over)
      }
      this.#woken = false
      const begun = performance.now()
      const found = await this.#publishNext(session, shards, over)
      onWell()
      if (found === 'more') continue
      // What woke it meanwhile may have come after this look at the rows.
      if (!this.#woken) this.#onAllPublished?.()
      this.#pauseMs = Math.min(Math.max(found, betweenLooksMs.least), betweenLooksMs.most)
      if (found > 0) await this.#pause(begun + this.#pauseMs - performance.now())
      await this.#sleep(idleMs, over)
    }
  }

  /** Publishes what waits in its shards, or a part of it; returns how many rows it found, or that there are more. */
  async #publishNext(session: Client, shards: ShardLocks, over: AbortSignal): Promise<number | 'more'> {
    const { owned } = shards
    const held = [...this.#held].filter(([, { until }]) => until > 0).map(([topic]) => topic)
    const perShard = Math.max(1, Math.floor(rowsPerBatch / Math.max(1, owned.length)))
    const rows = owned.length === 0 ? [] : await pendingRows(session, owned, perShard, held)
    const more = rows.length >= perShard && [...Map.groupBy(rows, ({ shard }) => shard).values()].some(({ length }) => length === perShard)
    // Nothing of theirs is left to be published here: it was already, or is another relay's now.
    if (!more) for (const [topic, { until }] of this.#held) if (until === 0 && !rows.some((row) => row.topic === topic)) this.#held.delete(topic)
    // Before: while a request waits for Kafka, the figures must not say that all is well.
    await this.#metrics.update(session, owned, rows, !more && held.length === 0)
    if (rows.length === 0) return 0
    over.throwIfAborted()

    const { producer, logger } = this.#parts
    const unpublished = async (refused: readonly Row[]): Promise<Row[]> => {
      const { published, unread } = await this.#lookFor(refused.map((row) => ({ ...row, message_id: row.headers[messageIdHeader] ?? '' })), over)
      for (const error of unread.values()) throw error
      const ids = new Set(published.map(({ id }) => id))
      return refused.filter(({ id }) => !ids.has(id))
    }
    const publishing = publishRows(rows, producer, unpublished, over)
    this.#sending = publishing.catch(() => undefined) // reported by the caller
    const { published, rejected, held: refusing, failure } = await publishing
    over.throwIfAborted()
    this.#metrics.published(published)
    await deleteRows(session, published)
    for (const { row, error } of rejected) {
      await rejectRow(session, row, error)
      this.#metrics.rejected(error.code)
      logger.error({ err: error, topic: row.topic, row: row.id, message_id: row.headers[messageIdHeader] }, 'An outbox row was set aside in outbox_rejected: Kafka refuses it')
    }
    for (const { topic } of published) this.#held.delete(topic)
    for (const [topic, error] of refusing) this.#hold(topic, error)
    if (failure) throw failure
    await this.#metrics.update(session, owned, [], !more && this.#held.size === 0)
    return more ? 'more' : rows.length
  }

  #hold(topic: string, error: MessagingError): void {
    const failures = (this.#held.get(topic)?.failures ?? 0) + 1
    if (failures === 1) this.#parts.logger.warn({ err: error, topic }, 'The outbox holds the rows of a topic; it tries again')
    this.#held.set(topic, { failures, until: performance.now() + backoff(failures, afterFailure, Math.random()) })
  }

  /** Of a request that was refused, some records may have been written: they are looked for before the topic's rows are sent again. */
  async #tryHeldAgain(session: Client, shards: ShardLocks, over: AbortSignal): Promise<void> {
    const now = performance.now()
    const due = [...this.#held].filter(([, { until }]) => until > 0 && until <= now).map(([topic]) => topic)
    if (due.length === 0) return
    // Before the look, which holds those anew that cannot be read.
    for (const topic of due) this.#held.set(topic, { failures: this.#held.get(topic)?.failures ?? 0, until: 0 })
    await this.#deletePublished(session, shards.owned, due, over)
  }

  /**
   * Rows of a topic that cannot be read may stand there already: they are held until it can.
   *
   * @param topics of these only; null: of all.
   */
  async #deletePublished(session: Client, shards: readonly number[], topics: readonly string[] | null, over: AbortSignal): Promise<void> {
    let deleted = 0
    const refusing = new Map<string, MessagingError>()
    for await (const rows of rowsToCheck(session, shards, topics)) {
      const { published, unread } = await this.#lookFor(rows, over)
      for (const [topic, error] of unread) refusing.set(topic, error)
      await deleteRows(session, published)
      deleted += published.length
    }
    for (const [topic, error] of refusing) this.#hold(topic, error)
    if (deleted > 0) this.#parts.logger.info({ rows: deleted }, 'Outbox rows that were published already are deleted')
  }

  async #lookFor(rows: readonly PendingRow[], over: AbortSignal): Promise<Look> {
    const reader = this.#parts.client.reader()
    const close = () => void reader.close()
    over.addEventListener('abort', close, { once: true })
    try {
      return await publishedAlready(rows, reader)
    } finally {
      over.removeEventListener('abort', close)
      await reader.close()
    }
  }

  /** Wakes the other instances, as often as this one looks under load at the most; what comes meanwhile shares the next notification. */
  async #notify(): Promise<void> {
    this.#toNotify = true
    if (this.#notifying) return
    this.#notifying = true
    try {
      while (this.#toNotify && this.#session) {
        this.#toNotify = false
        await this.#session.query(`NOTIFY ${channel}`)
        await this.#pause(this.#pauseMs)
      }
    } catch (error) {
      this.#parts.logger.debug({ err: error }, 'The other relays were not notified; they look by themselves every second')
    } finally {
      this.#notifying = false
    }
  }

  /** Until it is woken, at most so long. */
  async #sleep(ms: number, over: AbortSignal): Promise<void> {
    over.throwIfAborted()
    if (this.#shards && this.#woken) return
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
    if (ms <= 0) return
    await pause(ms, this.#closing.signal)
  }
}
