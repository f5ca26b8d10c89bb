import type { Channel } from '@swipestream/contracts'
import { Injectable } from '@nestjs/common'
import { counter, gauge, histogram } from '@swipestream/platform'
import { AlertsRepository } from '../db/alerts.repository.js'
import { DeliveriesRepository } from '../db/deliveries.repository.js'

/** From a few milliseconds to the three days for which a message is tried. */
const latencyBuckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 3_600, 21_600, 86_400, 259_200]

/** What this service counts. */
@Injectable()
export class NotifierMetrics {
  readonly notifications = counter({
    name: 'notifications_total',
    help: 'Messages queued, sent (accepted by the provider), delivered (as it reports of SMS) and failed for good',
    labels: ['channel', 'status'],
  })
  readonly attemptFailures = counter({
    name: 'notification_attempt_failures_total',
    help: "Attempts that failed, by the provider's or client's code",
    labels: ['channel', 'code'],
  })
  readonly duplicates = counter({
    name: 'notification_duplicates_total',
    help: 'Messages known to have been sent twice, because a lease ran out while its holder was still sending',
    labels: ['channel'],
  })
  readonly takenBack = counter({
    name: 'notification_leases_expired_total',
    help: 'Messages taken back from a sender that died',
    labels: ['channel'],
  })
  readonly latency = histogram({
    name: 'notification_latency_seconds',
    help: "From the alert's being raised to the provider's acceptance",
    labels: ['channel', 'severity'],
    buckets: latencyBuckets,
  })
  readonly channelUp = gauge({
    name: 'notification_channel_up',
    help: '1 while the provider accepts messages, 0 while it is away or refuses us',
    labels: ['channel'],
  })
  private readonly pending = gauge({
    name: 'notifications_pending',
    help: 'Messages that wait or are under way',
    labels: ['channel'],
  })
  private readonly waiting = gauge({ name: 'alerts_waiting_for_contact', help: 'Alerts whose customer cannot be reached yet' })

  constructor(
    private readonly deliveries: DeliveriesRepository,
    private readonly alerts: AlertsRepository,
  ) {}

  /** Counts what stands in the database. */
  async measureQueues(channel: Channel): Promise<void> {
    this.pending.set({ channel }, await this.deliveries.countPending(channel))
    if (channel === 'email') this.waiting.set(await this.alerts.countWaiting())
  }
}
