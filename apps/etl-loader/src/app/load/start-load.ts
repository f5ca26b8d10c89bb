import { etlQuarantine } from '@swipestream/contracts'
import { connect } from '@swipestream/messaging'
import type { Logger } from '@swipestream/platform'
import type { LoadConfig } from '../../config.js'
import type { Warehouse } from '../../warehouse/warehouse.js'
import { loadedTopic } from './loaded-topic.js'
import { LoadMetrics } from './load-metrics.js'
import { type LoadCounts, Loader } from './loader.js'
import { loadQuarantine } from './quarantine.js'

/**
 * Loads the topics of the configuration into a warehouse, until the signal is aborted, or once what they hold.
 *
 * @throws as `connect` and `Loader.run`
 */
export async function load({
  config,
  warehouse,
  logger,
  signal,
  once = false,
}: {
  readonly config: LoadConfig
  readonly warehouse: Warehouse
  readonly logger: Logger
  readonly signal: AbortSignal
  readonly once?: boolean
}): Promise<LoadCounts> {
  const connection = await connect({
    service: 'etl-loader',
    config,
    produces: [etlQuarantine],
    onWait: (reason) => {
      if (signal.aborted) throw reason
      logger.warn({ err: reason }, 'loading waits for the schema registry')
    },
  })
  try {
    await warehouse.open()
    const loader = new Loader({
      client: connection.client,
      registry: connection.registry,
      namespace: config.KAFKA_NAMESPACE,
      warehouse,
      topics: config.ETL_LOAD_TOPICS.map(loadedTopic),
      limits: { rows: config.ETL_BATCH_ROWS, bytes: config.ETL_BATCH_MIB * 2 ** 20 },
      waitMs: config.ETL_BATCH_MS,
      quarantine: loadQuarantine(connection),
      logger,
      metrics: new LoadMetrics(),
    })
    return await loader.run(signal, { once })
  } finally {
    await connection.close()
  }
}
