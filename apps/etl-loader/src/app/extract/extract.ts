import { type EtlCheckpoint, etlCheckpoints, etlQuarantine } from '@swipestream/contracts'
import { type Connection, createTopics, decideRecovery, failureKind, MessagingError, type TransactionalProducer } from '@swipestream/messaging'
import { type Logger, pause, toError } from '@swipestream/platform'
import type { ExtractConfig } from '../../config.js'
import { settingsOf, type TableSettings } from '../../table-settings.js'
import type { Mode } from '../../domain/source-table.js'
import { EtlError } from '../../errors.js'
import { describeTables } from '../../source/describe-tables.js'
import { MysqlSource } from '../../source/mysql-source.js'
import { sourceTableOf } from '../../source/source-table-of.js'
import { FollowedTable, type SnapshotProgress } from './followed-table.js'
import { type ChosenTable, openTable } from './open-table.js'
import { topicDefinitionOf, topicNameOf } from './table-topic.js'
import type { TableCounts } from './table-work.js'
import { TransactionWriter } from './transaction-writer.js'

export interface ExtractOptions {
  readonly connection: Connection
  readonly config: ExtractConfig
  /** By name of table, or `database.table`. */
  readonly settings: ReadonlyMap<string, TableSettings>
  readonly log: Pick<Logger, 'info' | 'warn'>
  readonly onProgress?: (progress: SnapshotProgress) => void
  /** Milliseconds since the Unix epoch. */
  readonly now?: () => number
}

/** What a run has written of a table. */
export interface ExtractedTable extends Readonly<TableCounts> {
  /** The topic, without the namespace. */
  readonly table: string
  readonly mode: Mode
}

/** How often a run that is to end tries again, when nothing works. */
const onceAttempts = 8
/** After so many milliseconds without a failure, the next one is a first one. */
const settledMs = 60_000
const patience = { unknownAttempts: 4, firstDelayMs: 200, maxDelayMs: 30_000 }

/** Writes what stands in the source's tables to a topic a table, and what changes there: ADR 0018. */
export class Extract {
  readonly #options: ExtractOptions
  readonly #now: () => number
  readonly #extracted = new Map<string, ExtractedTable & TableCounts>()

  constructor(options: ExtractOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
  }

  /**
   * Follows the tables until the signal, or once through all of them: to the end of the snapshots, of what has changed by
   * then, and of the search for deleted rows. When the source, Kafka or the registry goes away, it waits and goes on from
   * the last checkpoint.
   *
   * @throws EtlError, ContractError, MessagingError of kinds that do not pass by themselves
   */
  async run(signal: AbortSignal, { once = false }: { readonly once?: boolean } = {}): Promise<{ readonly tables: readonly ExtractedTable[] }> {
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
          log.warn({ err: toError(error), attempt, delayMs: recovery.delayMs }, 'extract goes on from the last checkpoint in a moment')
          await pause(recovery.delayMs, signal)
        }
      }
    } finally {
      await producer.close()
    }
    return { tables: [...this.#extracted.values()].sort((a, b) => (a.table < b.table ? -1 : 1)) }
  }

  /** From the last checkpoints on, until the signal, the end, or an error. */
  async #session(producer: TransactionalProducer, signal: AbortSignal, once: boolean): Promise<void> {
    const { connection, config, log, onProgress = () => undefined } = this.#options
    const source = await MysqlSource.open(config.ETL_SOURCE_URL)
    const reader = connection.client.reader()
    const writer = new TransactionWriter(producer)
    // A statement may wait for a lock; nothing is lost by not waiting for it.
    const closeSource = (): void => source.close()
    signal.addEventListener('abort', closeSource)
    try {
      const chosen = await this.#choose(source)
      const definitions = chosen.map(({ table }) => topicDefinitionOf(topicNameOf(config.ETL_SOURCE_NAME, table), config.ETL_TOPIC_PARTITIONS, config.ETL_MAX_RECORD_BYTES))
      await createTopics(connection.client, { namespace: config.KAFKA_NAMESPACE, replicas: config.ETL_TOPIC_REPLICAS, definitions: [etlCheckpoints, etlQuarantine, ...definitions] })
      await opened(producer, signal)
      // After the takeover: what another had begun is settled.
      const checkpoints: ReadonlyMap<string, EtlCheckpoint> = await connection.held(etlCheckpoints)
      const quarantined = await connection.held(etlQuarantine, () => undefined)
      const tables: FollowedTable[] = []
      for (const one of chosen) {
        const work = await openTable(one, { source, connection, config, writer, checkpoints, quarantined, now: this.#now })
        const { mode, deletes, change, estimate } = work.table
        log.info({ table: work.topic.name, mode, deletes, changeColumn: change?.name ?? null, position: work.position.kind, rowsAbout: estimate, delaySeconds: (mode === 'sweep' ? work.options.sweepMs : config.ETL_POLL_MS) / 1000 }, 'extracting')
        tables.push(new FollowedTable(work, reader, onProgress, (notice, details) => log.warn(details, notice)))
      }
      await this.#follow(tables, signal, once)
      await writer.settled()
    } finally {
      signal.removeEventListener('abort', closeSource)
      source.close()
      await reader.close()
      // Whatever it says was told before, or is told by the next checkpoint.
      await writer.settled().catch(() => undefined)
    }
  }

  async #follow(tables: readonly FollowedTable[], signal: AbortSignal, once: boolean): Promise<void> {
    const left = new Set(tables)
    while (!signal.aborted) {
      let busy = false
      for (const table of left) {
        if (signal.aborted) return
        const more = await table.goOn()
        if (more) busy = true
        else if (once) left.delete(table)
      }
      if (once && left.size === 0) return
      if (!busy) await pause(this.#options.config.ETL_POLL_MS, signal)
    }
  }

  async #choose(source: MysqlSource): Promise<ChosenTable[]> {
    const { config, settings } = this.#options
    const described = await describeTables(source, config.ETL_TABLES)
    const names = new Set(described.flatMap(({ database, name }) => [name, `${database}.${name}`]))
    const unused = [...settings.keys()].filter((name) => !names.has(name))
    if (unused.length > 0) throw new EtlError('ETL_TABLE_UNKNOWN', `ETL_CONFIG has settings of ${unused.join(', ')}, which ETL_TABLES does not name: it names ${[...described].map(({ name }) => name).join(', ')}`)
    return described.map((one) => {
      const own = settingsOf(settings, one)
      const table = sourceTableOf(one, own)
      const name = topicNameOf(config.ETL_SOURCE_NAME, table)
      const counts = this.#extracted.get(name) ?? { table: name, mode: table.mode, rows: 0, deleted: 0, quarantined: 0 }
      this.#extracted.set(name, counts)
      return { table, described: one, settings: own, counts }
    })
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
