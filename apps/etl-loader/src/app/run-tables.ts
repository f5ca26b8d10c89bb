import { ContractError, etlCheckpoints, etlQuarantine, etlReconciliation, opsAlerts, type SchemaRegistry, subjectOf, type Topic } from '@swipestream/contracts'
import { connect, type Connection, createTopics, kafkaClient, registryOf } from '@swipestream/messaging'
import type { Logger } from '@swipestream/platform'
import type { ExtractConfig, LoadConfig } from '../config.js'
import { EtlError } from '../errors.js'
import { describeTables } from '../source/describe-tables.js'
import { MysqlSource } from '../source/mysql-source.js'
import { sourceTableOf } from '../source/source-table-of.js'
import { settingsOf, type TableSettings } from '../table-settings.js'
import type { Warehouse } from '../warehouse/warehouse.js'
import { Extract, type Extracted, type ExtractedTable, type StoppedTable } from './extract/extract.js'
import type { SnapshotProgress } from './extract/followed-table.js'
import { topicNameOf } from './extract/table-topic.js'
import { settledBounds } from './extract/topic-keys.js'
import { load } from './load/start-load.js'
import { Reconciler, type TableReconciliation } from './reconcile/reconciler.js'
import { together } from './together.js'

export interface RunOptions {
  readonly source: ExtractConfig
  /** By name of table, or `database.table`. */
  readonly settings: ReadonlyMap<string, TableSettings>
  /** Its topics are those of the tables, whatever it says. */
  readonly load: LoadConfig
  readonly warehouse: Warehouse
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>
  /** Of load, which is told more by it. */
  readonly loadLog: Logger
  readonly onProgress: (progress: SnapshotProgress) => void
  readonly signal: AbortSignal
}

/** What became of the tables. */
export interface Ran {
  readonly tables: readonly RunTable[]
  /** Those that are not read, because of themselves. */
  readonly stopped: readonly StoppedTable[]
}

export interface RunTable {
  readonly extracted: ExtractedTable
  readonly reconciled: TableReconciliation
}

// oxlint-disable-next-line typescript/no-explicit-any -- topics of different value types in one list
const written: readonly Topic<any>[] = [etlCheckpoints, etlQuarantine, etlReconciliation, opsAlerts]

/** Brings tables to the warehouse and compares: extract, load and reconciliation in one. */
export class RunTables {
  readonly #options: RunOptions

  constructor(options: RunOptions) {
    this.#options = options
  }

  /** Once through all: what is there now is in the warehouse, and compared. @throws as Extract, load, Reconciler */
  once(): Promise<Ran> {
    return this.#connected(async (connection, topics) => {
      const extracted = new Map<string, ExtractedTable>()
      let stopped: readonly StoppedTable[] = []
      let going = topics
      const bring = async (): Promise<void> => {
        const read = await this.#extract(connection, true)
        stopped = read.stopped
        going = topics.filter((topic) => !stopped.some(({ table }) => table === topic))
        for (const table of read.tables) extracted.set(table.table, added(extracted.get(table.table), table))
        await this.#arrived(connection, going)
        await this.#load(going, true)
      }
      await bring()
      const reconciled = await this.#reconciler(connection, going).once(bring)
      return { tables: reconciled.map((one) => ({ extracted: extracted.get(one.table) as ExtractedTable, reconciled: one })), stopped }
    })
  }

  /** Goes on until the signal. What ends one of the three ends all. @throws as Extract, load, Reconciler */
  untilEnded(): Promise<void> {
    return this.#connected(async (connection, topics) => {
      await together(this.#options.signal, [
        (signal) => this.#extract(connection, false, signal),
        (signal) => this.#load(topics, false, signal),
        (signal) => this.#reconciler(connection, topics).run(signal),
      ])
    })
  }

  #extract(connection: Connection, once: boolean, signal = this.#options.signal): Promise<Extracted> {
    const { source: config, settings, log, onProgress } = this.#options
    return new Extract({ connection, config, settings, log, observer: { snapshot: onProgress } }).run(signal, { once })
  }

  async #load(topics: readonly string[], once: boolean, signal = this.#options.signal): Promise<void> {
    const { load: config, warehouse, loadLog } = this.#options
    await load({ config: { ...config, ETL_LOAD_TOPICS: [...topics] }, warehouse, logger: loadLog, signal, once })
  }

  /** What was written can be read. */
  async #arrived({ client }: Connection, topics: readonly string[]): Promise<void> {
    const reader = client.reader()
    try {
      for (const topic of topics) await settledBounds(reader, this.#options.source.KAFKA_NAMESPACE + topic)
    } finally {
      await reader.close()
    }
  }

  #reconciler(connection: Connection, topics: readonly string[]): Reconciler {
    const { source: config, settings, load: { ETL_RECONCILE_SECONDS, ETL_RECONCILE_GRACE_SECONDS }, warehouse, log } = this.#options
    return new Reconciler({
      connection, topics, warehouse, log, namespace: config.KAFKA_NAMESPACE, source: { config, settings }, everyMs: 1_000 * ETL_RECONCILE_SECONDS, graceMs: 1_000 * ETL_RECONCILE_GRACE_SECONDS,
    })
  }

  /** With the topics of the tables, and those that are written beside them, which are made where they are not there. */
  async #connected<T>(work: (connection: Connection, topics: readonly string[]) => Promise<T>): Promise<T> {
    const { source: config } = this.#options
    const topics = await this.#topics()
    // One that another process has is told of before anything is written.
    await this.#options.warehouse.open()
    await createTopics(kafkaClient(config, 'etl-loader'), { namespace: config.KAFKA_NAMESPACE, replicas: config.ETL_TOPIC_REPLICAS, definitions: written })
    const registry = registryOf(config)
    for (const topic of written) await registered(registry, subjectOf(topic, config.KAFKA_NAMESPACE), topic)
    const connection = await connect({ service: 'etl-loader', config, produces: written })
    try {
      return await work(connection, topics)
    } finally {
      await connection.close()
    }
  }

  /** The topics of the tables. @throws EtlError of a table that cannot be read, before anything is done */
  async #topics(): Promise<readonly string[]> {
    const { source: config, settings } = this.#options
    const source = await MysqlSource.open(config.ETL_SOURCE_URL)
    try {
      const topics: string[] = []
      const refusals: EtlError[] = []
      for (const one of await describeTables(source, config.ETL_TABLES)) {
        try {
          topics.push(topicNameOf(config.ETL_SOURCE_NAME, sourceTableOf(one, settingsOf(settings, one))))
        } catch (error) {
          if (!(error instanceof EtlError)) throw error
          refusals.push(error)
        }
      }
      const [first, ...more] = refusals
      if (first === undefined) return topics
      // All at once: whoever mends one would meet the next.
      throw more.length === 0 ? first : new EtlError(first.code, refusals.map(({ message }) => message).join('\n'), { cause: first })
    } finally {
      source.close()
    }
  }
}

/** Registers the schema of a topic where that was not done: a deployment has done it. */
// oxlint-disable-next-line typescript/no-explicit-any -- a topic of any value
async function registered(registry: SchemaRegistry, subject: string, { schema }: Topic<any>): Promise<void> {
  try {
    await registry.idOf(subject, schema)
  } catch (error) {
    if (!(error instanceof ContractError) || error.code !== 'SCHEMA_NOT_REGISTERED') throw error
    await registry.setCompatibility(subject, 'FULL_TRANSITIVE')
    await registry.register(subject, schema)
  }
}

function added(before: ExtractedTable | undefined, now: ExtractedTable): ExtractedTable {
  return { ...now, rows: now.rows + (before?.rows ?? 0), deleted: now.deleted + (before?.deleted ?? 0), quarantined: now.quarantined + (before?.quarantined ?? 0) }
}
