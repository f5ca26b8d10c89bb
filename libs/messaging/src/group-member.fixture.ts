import { setTimeout as sleep } from 'node:timers/promises'
import { Controller, Module } from '@nestjs/common'
import { cardProfiles, type FraudFeedback, fraudFeedback } from '@swipestream/contracts'
import { loadConfig, runMain, serviceConfig, startService } from '@swipestream/platform'
import { z } from 'zod'
import { profileOf } from './card-profile.fixture.js'
import { messagingConfig } from './config.js'
import { Consume } from './consumer/consume.decorator.js'
import { KafkaStrategy } from './consumer/kafka.strategy.js'
import { causedBy } from './envelope.js'
import { MessagingModule } from './messaging.module.js'
import type { Outgoing, Received } from './received.js'

/** A service of a process of its own for the tests of consumer groups: writes one record for each it reads, and takes its time. */
// oxlint-disable-next-line node/no-process-env -- stands for a service's main.ts and config.ts in one
const environment = process.env

const config = loadConfig(
  z.object({
    ...serviceConfig,
    ...messagingConfig,
    MEMBER_GROUP: z.string().describe('The service whose group it joins'),
    MEMBER_NAME: z.string().describe('Stands in the header `member` of what it writes'),
    MEMBER_EXACTLY_ONCE: z.stringbool().describe('Whether it writes in transactions'),
    MEMBER_BATCH_MS: z.coerce.number().describe('How long it takes for a batch, in milliseconds'),
  }),
  environment,
)

@Controller()
class CopyController {
  @Consume(fraudFeedback, { batch: 20, exactlyOnce: config.MEMBER_EXACTLY_ONCE })
  async handle(messages: Received<FraudFeedback>[]): Promise<Outgoing[]> {
    await sleep(config.MEMBER_BATCH_MS)
    return messages.flatMap((message) => causedBy(message, [copyOf(message.value)]))
  }
}

function copyOf({ card_id, transaction_id, given_at }: FraudFeedback): Outgoing {
  return cardProfiles.event(profileOf(card_id, given_at, { last_transaction_id: transaction_id }), { member: config.MEMBER_NAME })
}

@Module({
  imports: [MessagingModule.forRoot({ service: config.MEMBER_GROUP, config, produces: [cardProfiles] })],
  controllers: [CopyController],
})
class MemberModule {}

await runMain(config.MEMBER_NAME, async () => {
  await startService({ name: config.MEMBER_NAME, module: MemberModule, config, strategy: (app) => app.get(KafkaStrategy) })
})
