import { etlQuarantine, etlReconciliation, opsAlerts } from '@swipestream/contracts'
import { connect, type Connection } from '@swipestream/messaging'
import { type Logger, pause, toError } from '@swipestream/platform'
import type { LoadConfig } from '../../config.js'
import { Lake } from '../../lake/lake.js'
import type { Warehouse } from '../../warehouse/warehouse.js'
import { EtlAlerts } from '../etl-alerts.js'
import { Reconciler, type ReconcilerOptions } from '../reconcile/reconciler.js'
import { together } from '../together.js'
import { forgetPerson, withKnownCards } from './forget-customer.js'
import { loadedTopic } from './loaded-topic.js'
import { LoadMetrics } from './load-metrics.js'
import { type LoadCounts, Loader, type LoaderParts } from './loader.js'
import { loadQuarantine } from './quarantine.js'
import { lakeTablesOf, makeSystemTables, systemTables, tablesOf } from './system-tables.js'

export interface LoadOptions {
  readonly config: LoadConfig
  readonly warehouse: Warehouse
  readonly logger: Logger
  readonly signal: AbortSignal
  /** Ends when what is on the topics is loaded. */
  readonly once?: boolean
  /** Compares what is loaded with its topics and, where there is one, its source, again and again; not with `once`. */
  readonly reconcile?: Pick<ReconcilerOptions, 'source'>
  /** Told whether a target takes what comes; with an error, that it waits for something that is away. */
  readonly onHealth?: (target: Target, error: Error | null) => void
}

export type Target = 'warehouse' | 'lake'

export interface LoadResult {
  readonly warehouse: LoadCounts
  /** null without ETL_LAKE_DIR. */
  readonly lake: LoadCounts | null
}

/**
 * Loads the topics of the configuration into a warehouse and, with ETL_LAKE_DIR, into a lake, each at its own pace.
 *
 * @throws as `connect` and `Loader.run`
 */
export async function load(options: LoadOptions): Promise<LoadResult> {
  const { config, logger, signal } = options
  const connection = await connect({
    service: 'etl-loader',
    config,
    produces: options.reconcile === undefined ? [etlQuarantine, opsAlerts] : [etlQuarantine, opsAlerts, etlReconciliation],
    onWait: (reason) => {
      if (signal.aborted) throw reason
      logger.warn({ err: reason }, 'loading waits for the schema registry')
    },
  })
  const alerts = new EtlAlerts('etl-load', (events) => connection.publish(events), logger)
  alerts.start()
  try {
    // Before two of them ask for it at the same time; and one that another process has is told of first.
    await options.warehouse.open()
    const shared = { connection, alerts }
    const [warehouse, lake] = await together<[LoadCounts, LoadCounts | null, void]>(signal, [
      (both) => loadWarehouse(shared, options, both),
      (both) => loadLake(shared, options, both),
      (both) => reconcile(shared, options, both),
    ])
    return { warehouse, lake }
  } catch (error) {
    if (!signal.aborted) alerts.ended(toError(error))
    throw error
  } finally {
    await alerts.close()
    await connection.close()
  }
}

/** Compares until the signal. What keeps it from comparing is no reason not to load. */
async function reconcile({ connection, alerts }: Shared, { config, warehouse, logger, once = false, reconcile: options }: LoadOptions, signal: AbortSignal): Promise<void> {
  if (options === undefined || once) return
  const log = logger.child({ target: 'reconciliation' })
  try {
    await new Reconciler({
      connection, warehouse, log, ...options, namespace: config.KAFKA_NAMESPACE, topics: config.ETL_LOAD_TOPICS, everyMs: 1_000 * config.ETL_RECONCILE_SECONDS, graceMs: 1_000 * config.ETL_RECONCILE_GRACE_SECONDS,
    }).run(signal)
  } catch (error) {
    if (signal.aborted) return
    log.error({ err: toError(error) }, 'nothing is compared any more; loading goes on')
    alerts.ended(toError(error), 'reconciliation')
  }
}

interface Shared {
  readonly connection: Connection
  readonly alerts: EtlAlerts
}

async function loadWarehouse(shared: Shared, options: LoadOptions, signal: AbortSignal): Promise<LoadCounts> {
  const { warehouse, once = false } = options
  await makeSystemTables(warehouse)
  await warehouse.makeViews()
  const ofSystem = new Set(systemTables().map(({ schema, name }) => `${schema}.${name}`))
  const loader = new Loader({
    ...partsOf('warehouse', shared, options),
    warehouse,
    forget: async (person) => {
      const rows = await forgetPerson(await withKnownCards(person, warehouse), warehouse)
      options.logger.info({ target: 'warehouse', rows }, 'a person is forgotten')
    },
    tablesOf,
    // A view knows the types of its tables' columns as they were when it was made.
    evolved: async ({ schema, name }) => {
      if (ofSystem.has(`${schema}.${name}`)) await warehouse.makeViews()
    },
    metrics: new LoadMetrics(),
  })
  return loader.run(signal, { once })
}

/** More files of a day than these are made one before the day is over. */
const filesOfToday = 50

async function loadLake(shared: Shared, options: LoadOptions, signal: AbortSignal): Promise<LoadCounts | null> {
  const { config, once = false } = options
  if (config.ETL_LAKE_DIR === undefined) return null
  const lake = new Lake(config.ETL_LAKE_DIR, config.ETL_DUCKDB_MEMORY)
  try {
    await lake.open()
    const loader = new Loader({
      ...partsOf('lake', shared, options),
      warehouse: lake,
      tablesOf: lakeTablesOf,
      forget: async (person) => {
        const rows = await forgetPerson(person, lake)
        options.logger.info({ target: 'lake', rows }, 'a person is forgotten')
      },
    })
    for (;;) {
      const counts = await loader.run(signal, { once: true })
      const today = new Date().toISOString().slice(0, 10)
      for (const { topic } of await lake.tables()) await lake.compact(topic, today, filesOfToday)
      if (once || signal.aborted) return counts
      await pause(config.ETL_LAKE_MS, signal)
    }
  } finally {
    await lake.close()
  }
}

function partsOf(target: Target, { connection, alerts }: Shared, { config, logger, onHealth }: LoadOptions): Omit<LoaderParts, 'warehouse' | 'tablesOf'> {
  const quarantine = loadQuarantine(connection)
  return {
    client: connection.client,
    registry: connection.registry,
    namespace: config.KAFKA_NAMESPACE,
    topics: config.ETL_LOAD_TOPICS.map(loadedTopic),
    limits: { rows: config.ETL_BATCH_ROWS, bytes: config.ETL_BATCH_MIB * 2 ** 20 },
    waitMs: config.ETL_BATCH_MS,
    quarantine: async (topic, bad) => {
      await quarantine(topic, bad)
      alerts.quarantined(`the ${target}`, topic, bad.length)
    },
    logger: logger.child({ target }),
    ...(onHealth === undefined ? {} : { onHealth: (error) => onHealth(target, error) }),
    // A lake is behind a warehouse of the same topics: what it misses is told of by its log.
    ...(target === 'warehouse' ? { onExpired: (topic: string, records: number) => alerts.expired(topic, records) } : {}),
  }
}
