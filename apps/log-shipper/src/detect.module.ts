import { type DynamicModule, Module } from '@nestjs/common'
import { opsAlerts } from '@swipestream/contracts'
import { MessagingModule, Publisher } from '@swipestream/messaging'
import { LOGGER, type Logger } from '@swipestream/platform'
import { DetectionClock } from './app/detect/clock.js'
import { ReopenIncidents, ToldAlerts } from './app/detect/reopen-incidents.js'
import { KeepState } from './app/detect/keep-state.js'
import { WatchLogs } from './app/detect/watch-logs.js'
import type { DetectConfig } from './config.js'
import { WatchedLogsConsumer } from './consumers/watched-logs.consumer.js'
import { KafkaToldAlerts } from './topic/kafka-told-alerts.js'

/** Name of the service, and of its consumer group. */
export const detectorName = 'log-detector'

/**
 * Failure detection: `server_logs` → `ops_alerts`. It is a service of its own beside the indexer, which waits while
 * Elasticsearch is away. It counts what it reads: one instance reads all partitions.
 */
@Module({})
export class DetectModule {
  static of(config: DetectConfig): DynamicModule {
    return {
      module: DetectModule,
      imports: [MessagingModule.forRoot({ service: detectorName, config, produces: [opsAlerts] })],
      controllers: [WatchedLogsConsumer],
      providers: [
        DetectionClock,
        ReopenIncidents,
        { provide: ToldAlerts, inject: [LOGGER], useFactory: (logger: Logger) => new KafkaToldAlerts(detectorName, config, logger) },
        { provide: KeepState, inject: [WatchLogs, LOGGER], useFactory: (watch: WatchLogs, logger: Logger) => new KeepState(config.LOG_DETECT_STATE_FILE, watch, logger) },
        { provide: WatchLogs, inject: [Publisher], useFactory: (publisher: Publisher) => new WatchLogs((events) => publisher.publish(events), config.LOG_TIMEZONE) },
      ],
    }
  }
}
