import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common'
import { Outbox } from '@swipestream/messaging'
import { FatalErrors, LOGGER, type Logger, Readiness } from '@swipestream/platform'
import { DataSource } from 'typeorm'
import { CONFIG, type NotifierConfig } from '../config.js'
import { DeliveriesRepository } from '../db/deliveries.repository.js'
import { OptOutsRepository } from '../db/opt-outs.repository.js'
import { defaultRetryPolicy } from '../domain/retry.js'
import { ChannelState } from './channel-state.js'
import { AnswerLinks } from './answer-links.js'
import { CHANNELS, type MessageChannel } from './channels/channel.js'
import { DeliveryWorker } from './delivery-worker.js'
import { FallBack } from './fall-back.js'
import { NotifierMetrics } from './notifier-metrics.js'
import { RateLimit } from './rate-limit.js'
import { Settlements } from './settlements.js'

/** One worker a channel, from the moment the service is open until its end. */
@Injectable()
export class DeliveryWorkers implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly workers: readonly DeliveryWorker[]

  constructor(
    @Inject(CHANNELS) channels: readonly MessageChannel[],
    @Inject(CONFIG) { DELIVERY_LEASE_SECONDS, EMAIL_PER_SECOND, SMS_PER_SECOND }: NotifierConfig,
    @Inject(LOGGER) logger: Logger,
    private readonly readiness: Readiness,
    private readonly fatal: FatalErrors,
    database: DataSource,
    deliveries: DeliveriesRepository,
    outbox: Outbox,
    metrics: NotifierMetrics,
    optOuts: OptOutsRepository,
    fallBack: FallBack,
    links: AnswerLinks,
  ) {
    const policy = defaultRetryPolicy
    const perSecond = { email: EMAIL_PER_SECOND, sms: SMS_PER_SECOND }
    const leaseMs = DELIVERY_LEASE_SECONDS * 1_000
    const settlements = new Settlements({ database, deliveries, outbox, optOuts, fallBack, metrics, logger, onFailed: () => this.wake() })
    this.workers = channels.map((channel) => {
      const state = new ChannelState({ name: channel.name, policy, readiness, metrics, logger })
      const rateLimit = new RateLimit(perSecond[channel.name])
      return new DeliveryWorker({ channel, deliveries, links, settlements, state, rateLimit, policy, leaseMs, metrics, logger })
    })
  }

  onApplicationBootstrap(): void {
    this.readiness.opened().then(
      () => {
        if (this.readiness.shuttingDown) return
        for (const worker of this.workers) worker.start()
      },
      (error: unknown) => this.fatal.report(error),
    )
  }

  /** There may be something to send. */
  wake(): void {
    for (const worker of this.workers) worker.wake()
  }

  /** After the consumers, before the database. */
  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.stop()))
  }
}
