import { startDebezium } from '@swipestream/stack'
import type { Bench } from './bench.js'
import { prepareGround, sourceName } from './ground.js'
import { payments, type Source } from './source.js'
import type { SnapshotSide } from './snapshot.js'

/**
 * Debezium's connector for MariaDB on Kafka Connect, which runs all the time and is warm after its first round. Each
 * snapshot is a connector of its own, configured as deploy/connect/bank-connector.json says.
 */
export function debeziumSide(bench: Bench, source: Source): SnapshotSide {
  const { stack } = bench
  return {
    name: 'debezium',
    async start() {
      // It reads the table by one statement, and the server ends one whose reader waits, for the registry say, for a minute.
      // Extract says the same for its session.
      await source.run('SET GLOBAL net_write_timeout = 600')
      const ground = await prepareGround(bench, source)
      await ground.makeTopic(payments.name)
      const connector = await startDebezium({ connectUrl: stack.env['CONNECT_URL'] ?? '', sourceUrl: source.url, topicPrefix: ground.namespace + sourceName })
      return {
        ground,
        // Of the worker's process, which does other things too.
        cpuUsAt: () => Number.NaN,
        peakMb: () => undefined,
        check: () => connector.check(),
        stop: () => connector.remove(),
        tidy: () => ground.close(),
      }
    },
  }
}
