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
    BENCH_RECORDS: z.coerce.number().int().min(0).describe('How many records there are to handle; 0: they come as long as it runs'),
    BENCH_EXACTLY_ONCE: z.stringbool().describe('Whether it handles exactly once'),
  }),
  process.env,
)

const handled = metricsRegistry.getSingleMetric.bind(metricsRegistry, 'consumer_records_total')
const meter = new Meter(config.BENCH_RECORDS, async () => ((await handled()?.get())?.values ?? []).reduce((sum, { value }) => sum + value, 0))

function judge(batch: readonly Received<Transaction>[]): Outgoing[] {
  if (config.BENCH_RECORDS > 0) meter.begin()
  const now = Date.now()
  return batch.flatMap((message) => causedBy(message, [judgedLog.event({ ...message.value, received_at: now })]))
}

@Controller()
class AtLeastOnceConsumer {
  @Consume(transactionsLog, { batch: 500 })
  handle(batch: Received<Transaction>[]): Outgoing[] {
    return judge(batch)
  }
}

@Controller()
class ExactlyOnceConsumer {
  @Consume(transactionsLog, { batch: 500, exactlyOnce: true })
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
