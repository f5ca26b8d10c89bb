/** The service measured: one consumer, as any service of this system has them, in a process of its own. */
import { Controller, Module } from '@nestjs/common'
import { type Transaction, transactionsLog } from '@swipestream/contracts'
import { causedBy, Consume, KafkaStrategy, messagingConfig, MessagingModule, type Outgoing, type Received } from '@swipestream/messaging'
import { loadConfig, metricsRegistry, serviceConfig, startService } from '@swipestream/platform'
import { z } from 'zod'
import { tell, whenAsked } from '../../child.js'
import { Meter } from '../meter.js'
import { judgedLog } from '../topics.js'

const config = loadConfig(
  z.object({
    ...serviceConfig,
    ...messagingConfig,
    BENCH_SERVICE: z.string().describe('Name of the service, and of its consumer group'),
    BENCH_REPORTS: z.stringbool().describe('Whether it says how far it is'),
    BENCH_EXACTLY_ONCE: z.stringbool().describe('Whether it handles exactly once'),
  }),
  process.env,
)

const meter = new Meter()

function judge(batch: readonly Received<Transaction>[]): Outgoing[] {
  meter.begin()
  const now = Date.now()
  return batch.flatMap((message) => causedBy(message, [judgedLog.event({ ...message.value, received_at: now })]))
}

@Controller()
class AtLeastOnceConsumer {
  @Consume(transactionsLog, { batch: 1_000 })
  handle(batch: Received<Transaction>[]): Outgoing[] {
    return judge(batch)
  }
}

@Controller()
class ExactlyOnceConsumer {
  @Consume(transactionsLog, { batch: 1_000, exactlyOnce: true })
  handle(batch: Received<Transaction>[]): Outgoing[] {
    return judge(batch)
  }
}

const messaging = MessagingModule.forRoot({ service: config.BENCH_SERVICE, config, produces: [judgedLog] })

@Module({ imports: [messaging], controllers: [config.BENCH_EXACTLY_ONCE ? ExactlyOnceConsumer : AtLeastOnceConsumer] })
class BenchModule {}

const service = await startService({ name: config.BENCH_SERVICE, module: BenchModule, config, strategy: (app) => app.get(KafkaStrategy) })
await service.started
whenAsked(() => service.stop())
tell('started')
if (config.BENCH_REPORTS) await meter.report(handled)

async function handled(): Promise<number> {
  const counter = await metricsRegistry.getSingleMetric('consumer_records_total')?.get()
  return (counter?.values ?? []).reduce((sum, { value }) => sum + value, 0)
}
