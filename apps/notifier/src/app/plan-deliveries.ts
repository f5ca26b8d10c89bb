import { Inject, Injectable } from '@nestjs/common'
import { Outbox } from '@swipestream/messaging'
import { DataSource, type EntityManager } from 'typeorm'
import { CONFIG, type NotifierConfig } from '../config.js'
import { AlertsRepository, type AlertScope, type PlannableAlert } from '../db/alerts.repository.js'
import { DeliveriesRepository, type NewDelivery } from '../db/deliveries.repository.js'
import { type NewQuestion, OpenQuestions } from '../db/open-questions.repository.js'
import { afterQuietHours } from '../domain/quiet-hours.js'
import { asks, type Way, waysTo } from '../domain/routing.js'
import { DeliveryWorkers } from './delivery-workers.js'
import { Inboxes } from './inboxes.js'
import { type About, ledgerRow, queuedEvents, tracesOf } from './ledger-rows.js'
import { NotifierMetrics } from './notifier-metrics.js'
import { SharedMessages } from './shared-messages.js'

/** Alerts planned in one transaction. */
const alertsPerTransaction = 500

/**
 * Writes the ledger rows of alerts whose customer can be reached, each with its event, and what is asked, in one
 * transaction.
 *
 * An alert, its card and its customer come by different topics, in any order and at the same time. Whoever writes one
 * of them calls this after its own commit: whichever of the three commits last then finds the other two.
 */
@Injectable()
export class PlanDeliveries {
  constructor(
    private readonly database: DataSource,
    private readonly alerts: AlertsRepository,
    private readonly deliveries: DeliveriesRepository,
    private readonly questions: OpenQuestions,
    private readonly inboxes: Inboxes,
    private readonly outbox: Outbox,
    private readonly workers: DeliveryWorkers,
    private readonly metrics: NotifierMetrics,
    @Inject(CONFIG) private readonly config: Pick<NotifierConfig, 'DIGEST_AFTER' | 'DIGEST_SECONDS' | 'FALLBACK_AFTER_SECONDS' | 'QUESTION_TTL_HOURS'>,
  ) {}

  async run(scope: AlertScope): Promise<void> {
    if (Object.values(scope).every((ids: readonly string[]) => ids.length === 0)) return
    let planned: number
    do planned = await this.planSome(scope)
    while (planned === alertsPerTransaction)
  }

  /** @returns how many alerts */
  private async planSome(scope: AlertScope): Promise<number> {
    const { alerts, written } = await this.database.transaction((manager) => this.writePlan(manager, scope))
    for (const { channel, status } of written) this.metrics.notifications.inc({ channel, status: status === 'delivered' ? status : 'queued' })
    if (written.some(({ status }) => status === 'queued')) this.workers.wake()
    await this.inboxes.tell(written.flatMap(({ channel, customer_id }) => (channel === 'app' ? [customer_id] : [])))
    return alerts.length
  }

  private async writePlan(manager: EntityManager, scope: AlertScope): Promise<{ alerts: PlannableAlert[]; written: NewDelivery[] }> {
    const alerts = await this.alerts.lockPlannable(manager, scope, alertsPerTransaction)
    if (alerts.length === 0) return { alerts, written: [] }
    const cards = alerts.map(({ alert }) => alert.card_id)
    await this.alerts.lockTopics(manager, cards)
    const counts = await this.alerts.countPlanned(manager, cards, this.config.DIGEST_SECONDS)
    const shared = await SharedMessages.of(manager, this.deliveries, cards)
    const planned = alerts.flatMap((alert) => {
      const before = counts.get(alert.alert.card_id) ?? 0
      counts.set(alert.alert.card_id, before + 1)
      return this.rowsOf(alert, before >= this.config.DIGEST_AFTER, shared)
    })
    const inserted = await this.deliveries.insert(manager, planned)
    const written = planned.filter(({ id }) => inserted.has(id))
    await this.ask(manager, alerts, written)
    await this.alerts.markPlanned(manager, alerts.map(({ alert }) => alert.alert_id), alerts.map(({ contact }) => contact.customer_id))
    const traces = tracesOf(alerts)
    const shown = await this.inboxes.show(manager, alerts, written, traces)
    await this.outbox.add(manager, [...queuedEvents(written, traces), ...shown])
    return { alerts, written }
  }

  /** @param share whether the card had so many alerts lately that this one shares a message with others */
  private rowsOf({ alert, contact, quiet, time_zone, now }: PlannableAlert, share: boolean, shared: SharedMessages): NewDelivery[] {
    const mayWait = alert.severity !== 'critical' && !asks(alert)
    const heldMs = mayWait ? Math.ceil(afterQuietHours(now, quiet, time_zone) - now) : 0
    const about: About = { alert_id: alert.alert_id, card_id: alert.card_id, customer_id: contact.customer_id, purpose: 'alert' }
    const own = (way: Way): NewDelivery =>
      ledgerRow(about, way, {
        delayMs: heldMs,
        fallBackMs: way.fallbacks.length === 0 ? null : heldMs + this.config.FALLBACK_AFTER_SECONDS * 1_000,
      })
    return waysTo(contact, alert.severity).map((way) =>
      // The inbox lists each alert by itself and at once: nobody is called to look at it.
      way.channel === 'app' ? ledgerRow(about, way, { status: 'delivered' })
      : share ? shared.join(own(way), { purpose: 'digest', topic: alert.card_id, waitsMs: this.config.DIGEST_SECONDS * 1_000 }) : own(way))
  }

  /** An SMS asks one thing: of the alerts that share one, about the latest. */
  private async ask(manager: EntityManager, alerts: readonly PlannableAlert[], written: readonly NewDelivery[]): Promise<void> {
    const texts = new Map(written.filter(({ channel }) => channel === 'sms').map((row) => [row.alert_id, row]))
    const latest = new Map([...texts.values()].map((row) => [row.merged_into ?? row.id, row.alert_id]))
    const questions = alerts
      .filter(({ alert }) => asks(alert))
      .map(({ alert: { alert_id }, contact }): NewQuestion => {
        const text = texts.get(alert_id)
        const isLatest = text !== undefined && latest.get(text.merged_into ?? text.id) === alert_id
        return { alert_id, customer_id: contact.customer_id, phone: isLatest ? text.recipient : null, shares: text?.merged_into ?? null }
      })
    await this.questions.ask(manager, questions, this.config.QUESTION_TTL_HOURS)
  }
}
