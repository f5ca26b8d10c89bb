import { Inject, Injectable } from '@nestjs/common'
import type { OpsAlert } from '@swipestream/contracts'
import { Outbox } from '@swipestream/messaging'
import { LOGGER, type Logger } from '@swipestream/platform'
import { DataSource, type EntityManager } from 'typeorm'
import { CONFIG, type NotifierConfig } from '../config.js'
import { AlertsRepository, type ReceivedAlert } from '../db/alerts.repository.js'
import { DeliveriesRepository, type NewDelivery } from '../db/deliveries.repository.js'
import { SilencesRepository } from '../db/silences.repository.js'
import { onCall } from '../domain/delivery.js'
import { type Way, waysToOnCall } from '../domain/routing.js'
import { isSilenced, type Silencing } from '../domain/silence.js'
import { DeliveryWorkers } from './delivery-workers.js'
import { ledgerRow, queuedEvents, tracesOf } from './ledger-rows.js'
import { NotifierMetrics } from './notifier-metrics.js'
import { SharedMessages } from './shared-messages.js'

/** Keeps alerts for the people on call, and writes the ledger rows of those that nobody has silenced. */
@Injectable()
export class PlanOpsAlerts {
  constructor(
    private readonly database: DataSource,
    private readonly alerts: AlertsRepository,
    private readonly deliveries: DeliveriesRepository,
    private readonly silences: SilencesRepository,
    private readonly outbox: Outbox,
    private readonly workers: DeliveryWorkers,
    private readonly metrics: NotifierMetrics,
    @Inject(CONFIG) private readonly config: Pick<NotifierConfig, 'ON_CALL_EMAILS' | 'ON_CALL_PHONES' | 'OPS_GROUP_SECONDS'>,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** May see an alert again: it is stored once, and planned if it was not. */
  async run(received: readonly ReceivedAlert<OpsAlert>[]): Promise<void> {
    await this.alerts.storeOps(received)
    const written = await this.database.transaction((manager) => this.writePlan(manager, received.map(({ alert }) => alert.alert_id)))
    for (const { channel, status } of written) if (status === 'queued') this.metrics.notifications.inc({ channel, status })
    if (written.length > 0) this.workers.wake()
  }

  private async writePlan(manager: EntityManager, alertIds: readonly string[]): Promise<NewDelivery[]> {
    const alerts = await this.alerts.lockPlannableOps(manager, alertIds)
    if (alerts.length === 0) return []
    const topics = alerts.map(({ alert }) => topicOf(alert))
    await this.alerts.lockTopics(manager, topics)
    const active = await this.silences.active(Date.now(), manager)
    const told = await this.deliveries.topicsToldLately(manager, topics, this.config.OPS_GROUP_SECONDS)
    const shared = await SharedMessages.of(manager, this.deliveries, topics)
    const planned = alerts.flatMap(({ alert }) => this.rowsOf(alert, active, told, shared))
    const inserted = await this.deliveries.insert(manager, planned)
    await this.alerts.markPlanned(manager, alerts.map(({ alert }) => alert.alert_id), alerts.map(() => null))
    const written = planned.filter(({ id }) => inserted.has(id))
    await this.outbox.add(manager, queuedEvents(written, tracesOf(alerts)))
    return written
  }

  /** @param told topics that were told of lately; what is told now is added */
  private rowsOf(alert: OpsAlert, active: readonly Silencing[], told: Set<string>, shared: SharedMessages): NewDelivery[] {
    const ways = waysToOnCall(alert, this.config.ON_CALL_EMAILS, this.config.ON_CALL_PHONES)
    if (ways.length === 0) this.logger.warn({ ops_alert: alert }, 'An ops alert reaches nobody: ON_CALL_EMAILS is empty')
    const topic = topicOf(alert)
    const own = (way: Way): NewDelivery => ledgerRow({ alert_id: alert.alert_id, card_id: null, customer_id: onCall, purpose: 'ops' }, way, { topic })
    if (active.some((silence) => isSilenced(silence, alert))) return ways.map((way) => ({ ...own(way), status: 'silenced' }))
    if (told.has(topic)) return ways.map((way) => shared.join(own(way), { purpose: 'ops', topic, waitsMs: this.config.OPS_GROUP_SECONDS * 1_000 }))
    told.add(topic)
    return ways.map(own)
  }
}

/** What is told together. A critical alert does not wait in the message of lesser ones. */
function topicOf({ service, code, severity }: OpsAlert): string {
  return `${service}/${code}/${severity}`
}
