import { Controller, Module } from '@nestjs/common'
import { type BatchContext, causedBy, Consume, KafkaStrategy, MessagingModule, type Outgoing, type Received } from '@swipestream/messaging'
import { loadConfig, runMain, startService } from '@swipestream/platform'
import { type Input, inputs, outputs, tallies } from '../contracts.js'
import { noteCall } from '../oracle/handled.js'
import { tallied } from '../tally.js'
import { memberConfig } from './config.js'

/** A member of the consumer group: keeps a tally of each key, and says of each record what it was after it. */
const config = loadConfig(memberConfig, process.env)
const state = { tallies }

@Controller()
class InputsConsumer {
  @Consume(inputs, { batch: 500, state, exactlyOnce: true })
  handle(batch: Received<Input>[], { partition, state: { tallies: known } }: BatchContext<typeof state>): Outgoing[] {
    noteCall(config.CHAOS_CALLS, { at: Date.now(), partition, first: batch[0]?.origin.offset ?? 0, last: batch.at(-1)?.origin.offset ?? 0 })
    return batch.flatMap((message) => {
      const tally = tallied(known.get(message.value.key), message.value)
      known.set(tally)
      return causedBy(message, [outputs.event({ ...tally, input_partition: partition, input_offset: message.origin.offset })])
    })
  }
}

@Module({
  imports: [MessagingModule.forRoot({ service: 'tally', config, produces: [outputs, tallies] })],
  controllers: [InputsConsumer],
})
class MemberModule {}

await runMain('tally', async () => {
  await startService({ name: 'tally', module: MemberModule, config, strategy: (app) => app.get(KafkaStrategy) })
})
