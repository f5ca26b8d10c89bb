import { etlCheckpoints, etlQuarantine, opsAlerts } from '@swipestream/contracts'
import { type Connection, createTopics, decideRecovery, failureKind, MessagingError, type Reader, type TransactionalProducer } from '@swipestream/messaging'
import { type Logger, pause, toError } from '@swipestream/platform'
import type { ExtractConfig } from '../../config.js'
import { settingsOf, type TableSettings } from '../../table-settings.js'
import type { Mode } from '../../domain/source-table.js'
import { EtlError } from '../../errors.js'
import { type DescribedTable, describeNamed, describeTables } from '../../source/describe-tables.js'
import { MysqlSource } from '../../source/mysql-source.js'
import { sourceTableOf } from '../../source/source-table-of.js'
import type { ExtractObserver } from './extract-observer.js'
import { FollowedTable } from './followed-table.js'
import { type ChosenTable, openTable } from './open-table.js'
import { isOfOneTable, TableLane } from './table-lane.js'
import { topicDefinitionOf, topicNameOf } from './table-topic.js'
import type { TableCounts } from './table-work.js'
import { TransactionWriter } from './transaction-writer.js'

export interface ExtractOptions {
  readonly connection: Connection
  readonly config: ExtractConfig
  /** By name of table, or `database.table`. */
  readonly settings: ReadonlyMap<string, TableSettings>
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>
  readonly observer?: Partial<ExtractObserver>
  /** When a table that was stopped is looked at again, in milliseconds; a minute when left out. */
  readonly lookAgainMs?: number
  /** Milliseconds since the Unix epoch. */
  readonly now?: () => number
}

/** What a run has written of a table. */
export interface ExtractedTable extends Readonly<TableCounts> {
  /** The topic, without the namespace. */
  readonly table: string
  readonly mode: Mode
}

/** A table that is not followed, because of itself. */
export interface StoppedTable {
  readonly table: string
  readonly reason: EtlError
}

export interface Extracted {
  readonly tables: readonly ExtractedTable[]
  readonly stopped: readonly StoppedTable[]
}

/** How often a run that is to end tries again, when nothing works. */
const onceAttempts = 8
/** After so many milliseconds without a failure, the next one is a first one. */
const settledMs = 60_000
const patience = { unknownAttempts: 4, firstDelayMs: 200, maxDelayMs: 30_000 }

/** What the tables of a session share. */
interface Session {
  readonly source: MysqlSource
  readonly reader: Reader
  readonly writer: TransactionWriter
}

/** Writes what stands in the source's tables to a topic a table, and what changes there: ADR 0018. */
export class Extract {
  readonly #options: ExtractOptions
  readonly #observer: Partial<ExtractObserver>
  readonly #now: () => number
  readonly #extracted = new Map<string, ExtractedTable & TableCounts>()
  /** One a table that ETL_TABLES named when this began. */
  #lanes: readonly TableLane[] | null = null
  #begun = false

  constructor(options: ExtractOptions) {
    this.#options = options
    this.#observer = options.observer ?? {}
    this.#now = options.now ?? Date.now
  }

  /**
   * Follows the tables until the signal, or once through all of them: to the end of the snapshots, of what has changed by
   * then, and of the search for deleted rows. When the source, Kafka or the registry goes away, it waits and goes on from
   * the last checkpoint. A table that cannot be read, or whose schema change is refused, stops alone; it is looked at
   * again now and then. When it begins, though, there must be one that can be read.
   *
   * @throws EtlError, ContractError, MessagingError of kinds that do not pass by themselves
   */
  async run(signal: AbortSignal, { once = false }: { readonly once?: boolean } = {}): Promise<Extracted> {
    const { connection, config, log } = this.#options
    const producer = connection.client.transactionalProducer(`${config.KAFKA_NAMESPACE}etl-extract-${config.ETL_SOURCE_NAME}`)
    try {
      for (let attempt = 1; !signal.aborted; attempt++) {
        const began = performance.now()
        try {
          await this.#session(producer, signal, once)
          break
        } catch (error) {
          if (signal.aborted) break
          if (performance.now() - began > settledMs) attempt = 1
          const recovery = decideRecovery(failureKind(error), attempt, patience, Math.random())
          if (recovery.action !== 'retry' || (once && attempt >= onceAttempts)) throw error
          this.#observer.waiting?.(toError(error))
          log.warn({ err: toError(error), attempt, delayMs: recovery.delayMs }, 'extract goes on from the last checkpoint in a moment')
          await pause(recovery.delayMs, signal)
        }
      }
    } finally {
      await producer.close()
    }
    const stopped = (this.#lanes ?? []).flatMap(({ topic, stoppedBy }) => (stoppedBy === null ? [] : [{ table: topic, reason: stoppedBy }]))
    return { tables: [...this.#extracted.values()].sort((a, b) => (a.table < b.table ? -1 : 1)), stopped }
  }

  /** From the last checkpoints on, until the signal, the end, or an error of all tables. */
  async #session(producer: TransactionalProducer, signal: AbortSignal, once: boolean): Promise<void> {
    const { connection, config } = this.#options
    const source = await MysqlSource.open(config.ETL_SOURCE_URL)
    const reader = connection.client.reader()
    const writer = new TransactionWriter(producer)
    // A statement may wait for a lock; nothing is lost by not waiting for it.
    const closeSource = (): void => source.close()
    signal.addEventListener('abort', closeSource)
    try {
      const described = await this.#describe(source)
      const lanes = (this.#lanes ??= this.#lanesOf(described))
      await this.#createTopics(lanes)
      await opened(producer, signal)
      await this.#openAll({ source, reader, writer }, lanes, described)
      const [first] = lanes
      if (!this.#begun && first?.stoppedBy && lanes.every(({ stoppedBy }) => stoppedBy !== null)) throw first.stoppedBy
      this.#begun = true
      this.#observer.working?.()
      await this.#follow({ source, reader, writer }, lanes, signal, once)
      await writer.settled()
    } finally {
      signal.removeEventListener('abort', closeSource)
      source.close()
      await reader.close()
      // Whatever it says was told before, or is told by the next checkpoint.
      await writer.settled().catch(() => undefined)
    }
  }

  /** The tables as they are now. @throws EtlError ETL_TABLE_UNKNOWN for a name or setting of none, when it begins */
  async #describe(source: MysqlSource): Promise<readonly DescribedTable[]> {
    const { config, settings } = this.#options
    if (this.#lanes !== null) return describeNamed(source, this.#lanes.map(({ name }) => name))
    const described = await describeTables(source, config.ETL_TABLES)
    const names = new Set(described.flatMap(({ database, name }) => [name, `${database}.${name}`]))
    const unused = [...settings.keys()].filter((name) => !names.has(name))
    if (unused.length > 0) throw new EtlError('ETL_TABLE_UNKNOWN', `ETL_CONFIG has settings of ${unused.join(', ')}, which ETL_TABLES does not name: it names ${[...described].map(({ name }) => name).join(', ')}`)
    return described
  }

  #lanesOf(described: readonly DescribedTable[]): TableLane[] {
    return described.map((one) => new TableLane(one, topicNameOf(this.#options.config.ETL_SOURCE_NAME, one)))
  }

  async #createTopics(lanes: readonly TableLane[]): Promise<void> {
    const { connection, config } = this.#options
    const definitions = lanes.map(({ topic }) => topicDefinitionOf(topic, config.ETL_TOPIC_PARTITIONS, config.ETL_MAX_RECORD_BYTES))
    await createTopics(connection.client, { namespace: config.KAFKA_NAMESPACE, replicas: config.ETL_TOPIC_REPLICAS, definitions: [etlCheckpoints, etlQuarantine, opsAlerts, ...definitions] })
  }

  /** Each from its last checkpoint on. One that cannot be opened is set aside. */
  async #openAll(session: Session, lanes: readonly TableLane[], described: readonly DescribedTable[]): Promise<void> {
    const { connection } = this.#options
    // After the takeover: what another had begun is settled.
    const checkpoints = await connection.held(etlCheckpoints)
    const quarantined = await connection.held(etlQuarantine, () => undefined)
    for (const lane of lanes) {
      const one = described.find(({ database, name }) => database === lane.name.database && name === lane.name.name)
      await this.#alone(lane, async () => {
        const chosen = this.#chosen(lane, one)
        const work = await openTable(chosen, { ...session, connection, config: this.#options.config, checkpoints, quarantined, now: this.#now })
        this.#tellOpened(work)
        lane.followed = new FollowedTable(work, session.reader, (progress) => this.#observer.snapshot?.(progress), (notice, details) => this.#options.log.warn(details, notice))
      })
    }
  }

  async #follow(session: Session, lanes: readonly TableLane[], signal: AbortSignal, once: boolean): Promise<void> {
    const left = new Set(lanes)
    while (!signal.aborted) {
      let busy = false
      for (const lane of left) {
        if (signal.aborted) return
        const more = lane.isDue && (await this.#goOn(session, lane, signal))
        if (more) busy = true
        else if (once && (lane.followed !== null || lane.stoppedBy !== null)) left.delete(lane)
      }
      if (once && left.size === 0) return
      if (!busy) await pause(this.#options.config.ETL_POLL_MS, signal)
    }
  }

  /** Does what is due of a table. Gives whether more is due at once. */
  async #goOn(session: Session, lane: TableLane, signal: AbortSignal): Promise<boolean> {
    let more = false
    await this.#alone(lane, async () => {
      if (lane.followed === null) {
        await session.writer.settled()
        return this.#openAll(session, [lane], await describeNamed(session.source, [lane.name]))
      }
      more = await lane.followed.goOn()
      const { counts } = lane.followed.work
      if (lane.works()) {
        this.#options.log.info({ table: lane.topic }, 'a table that was stopped is followed again')
        this.#observer.resumed?.(lane.topic)
      }
      this.#observer.looked?.(lane.topic, counts, lane.followed.completeAt)
    }, signal)
    return more
  }

  /** What goes wrong with one table is no matter of the others. */
  async #alone(lane: TableLane, work: () => Promise<void>, signal?: AbortSignal): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (signal?.aborted === true || !isOfOneTable(error)) throw error
      const { log, lookAgainMs = 60_000 } = this.#options
      if (!lane.fails(error, lookAgainMs)) {
        if (lane.stoppedBy === null) log.warn({ table: lane.topic, err: error }, 'a table is looked at again in a moment')
        return
      }
      log.error({ table: lane.topic, err: error }, 'a table is stopped, the others go on')
      this.#observer.stopped?.(lane.topic, error)
    }
  }

  /** @throws EtlError of what the table is */
  #chosen(lane: TableLane, described: DescribedTable | undefined): ChosenTable {
    const { name, database } = lane.name
    if (described === undefined) throw new EtlError('ETL_TABLE_UNKNOWN', `${database}.${name} is not there any more, or the account may not read it: bring it back, or take it out of ETL_TABLES`)
    const settings = settingsOf(this.#options.settings, described)
    const table = sourceTableOf(described, settings)
    const counts = this.#extracted.get(lane.topic) ?? { table: lane.topic, mode: table.mode, rows: 0, deleted: 0, quarantined: 0 }
    this.#extracted.set(lane.topic, counts)
    return { table, described, settings, counts }
  }

  #tellOpened({ table: { mode, deletes, change, estimate }, topic, position, options }: FollowedTable['work']): void {
    const delaySeconds = (mode === 'sweep' ? options.sweepMs : this.#options.config.ETL_POLL_MS) / 1000
    this.#options.log.info({ table: topic.name, mode, deletes, changeColumn: change?.name ?? null, position: position.kind, rowsAbout: estimate, delaySeconds }, 'extracting')
  }
}

/** @throws EtlError ETL_TAKEN_OVER; MessagingError */
async function opened(producer: TransactionalProducer, signal: AbortSignal): Promise<void> {
  try {
    await producer.open(signal)
  } catch (error) {
    if (!(error instanceof MessagingError) || error.code !== 'KAFKA_FENCED') throw error
    throw new EtlError('ETL_TAKEN_OVER', 'another extract of this source has begun and goes on in place of this one: run one for each ETL_SOURCE_NAME', { cause: error })
  }
}
