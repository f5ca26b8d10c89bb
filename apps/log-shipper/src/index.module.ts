import { type DynamicModule, Module } from '@nestjs/common'
import { MessagingModule } from '@swipestream/messaging'
import { IndexAlerts } from './app/index/index-alerts.js'
import { IndexLogs } from './app/index/index-logs.js'
import { PrepareIndex } from './app/index/prepare-index.js'
import { type IndexConfig, logIndexOptions } from './config.js'
import { IndexedAlertsConsumer } from './consumers/indexed-alerts.consumer.js'
import { ServerLogsConsumer } from './consumers/server-logs.consumer.js'
import { userAgents } from './domain/user-agent/user-agent.js'
import { LogIndex } from './elasticsearch/log-index.js'
import { geoip } from './enrichment/geoip.js'
import { uapCoreRules } from './enrichment/uap-core.js'

/** Name of the service, and of its consumer group. */
export const indexerName = 'log-indexer'

/** The indexer: `server_logs` and `ops_alerts` → Elasticsearch. */
@Module({})
export class IndexModule {
  static of(config: IndexConfig): DynamicModule {
    return {
      module: IndexModule,
      imports: [MessagingModule.forRoot({ service: indexerName, config, produces: [] })],
      controllers: [ServerLogsConsumer, IndexedAlertsConsumer],
      providers: [
        PrepareIndex,
        { provide: LogIndex, useFactory: () => new LogIndex(logIndexOptions(config)) },
        { provide: IndexAlerts, inject: [LogIndex], useFactory: (index: LogIndex) => new IndexAlerts(index, config.LOG_INDEX_NAMESPACE) },
        {
          provide: IndexLogs,
          inject: [LogIndex],
          useFactory: async (index: LogIndex) => {
            const locate = config.GEOIP_DATABASES.length > 0 ? await geoip(config.GEOIP_DATABASES) : undefined
            return new IndexLogs(index, config.LOG_INDEX_NAMESPACE, { zone: config.LOG_TIMEZONE, userAgent: userAgents(uapCoreRules), locate })
          },
        },
      ],
    }
  }
}
