import { Injectable } from '@nestjs/common'
import { notifications, uuidv7 } from '@swipestream/contracts'
import { Outbox } from '@swipestream/messaging'
import { DataSource, type EntityManager } from 'typeorm'
import { AlertsRepository, type AlertScope, type PlannableAlert } from '../db/alerts.repository.js'
import { DeliveriesRepository } from '../db/deliveries.repository.js'
import { type QueuedDelivery, queuedNotification } from '../domain/delivery.js'
import { planDeliveries } from '../domain/plan.js'
import { DeliveryWorkers } from './delivery-workers.js'
import { eventHeaders } from './event-headers.js'
import { NotifierMetrics } from './notifier-metrics.js'

/** Alerts planned in one transaction. */
const alertsPerTransaction = 500

/**
 * Writes the ledger rows of alerts whose customer can be reached, each with its event, in one transaction.
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
    private readonly outbox: Outbox,
    private readonly workers: DeliveryWorkers,
    private readonly metrics: NotifierMetrics,
  ) {}

  async run(scope: AlertScope): Promise<void> {
    if (Object.values(scope).every((ids: readonly string[]) => ids.length === 0)) return
    let planned: number
    do planned = await this.planSome(scope)
    while (planned === alertsPerTransaction)
  }

  /** @returns how many alerts */
  private async planSome(scope: AlertScope): Promise<number> {
    const { alerts, queued } = await this.database.transaction((manager) => this.writePlan(manager, scope))
    for (const { channel } of queued) this.metrics.notifications.inc({ channel, status: 'queued' })
    if (queued.length > 0) this.workers.wake()
    return alerts.length
  }

  private async writePlan(manager: EntityManager, scope: AlertScope): Promise<{ alerts: PlannableAlert[]; queued: QueuedDelivery[] }> {
    const alerts = await this.alerts.lockPlannable(manager, scope, alertsPerTransaction)
    if (alerts.length === 0) return { alerts, queued: [] }
    const planned = alerts.flatMap(deliveriesOf)
    const inserted = await this.deliveries.insertQueued(manager, planned)
    const queued = planned.filter(({ id }) => inserted.has(id))
    await this.alerts.markPlanned(manager, alerts)
    const now = Date.now()
    const traces = new Map(alerts.map(({ alert_id, traceparent }) => [alert_id, traceparent]))
    const events = queued.map((delivery) => {
      const headers = eventHeaders(`${delivery.id}-queued`, traces.get(delivery.alert_id) ?? null)
      return notifications.event(queuedNotification(delivery, now), headers)
    })
    await this.outbox.add(manager, events)
    return { alerts, queued }
  }
}

function deliveriesOf({ alert_id, card_id, customer_id, email, phone }: PlannableAlert): QueuedDelivery[] {
  return planDeliveries({ email, phone }).map((planned) => ({ ...planned, id: uuidv7(), alert_id, card_id, customer_id }))
}
