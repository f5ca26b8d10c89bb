import { Inject, Injectable } from '@nestjs/common'
import type { Outgoing } from '@swipestream/messaging'
import { LOGGER, type Logger, toError } from '@swipestream/platform'
import type { EntityManager } from 'typeorm'
import type { PlannableAlert } from '../db/alerts.repository.js'
import type { NewDelivery } from '../db/deliveries.repository.js'
import { InboxNotices } from '../db/inbox-notices.js'
import { InboxRepository } from '../db/inbox.repository.js'
import { notificationOf } from '../domain/delivery.js'
import { asks } from '../domain/routing.js'
import type { InboxText, Texts } from '../domain/to-tell.js'
import { stepEvent } from './event-headers.js'
import { TEXTS } from './texts.js'

/** The inboxes of the app: they are in this service's own database, so what is written there is delivered. */
@Injectable()
export class Inboxes {
  constructor(
    private readonly inbox: InboxRepository,
    private readonly notices: InboxNotices,
    @Inject(TEXTS) private readonly texts: Texts,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Puts the rows of the ledger that are the app's into the inboxes, in the caller's transaction; gives their events. */
  async show(manager: EntityManager, alerts: readonly PlannableAlert[], written: readonly NewDelivery[], traces: ReadonlyMap<string, string | null>): Promise<Outgoing[]> {
    const byId = new Map(alerts.map((alert) => [alert.alert.alert_id, alert]))
    const rows = written.filter(({ channel }) => channel === 'app')
    const messages = rows.flatMap(({ id, alert_id, customer_id }) => {
      const text = this.textOf(byId.get(alert_id))
      return text === undefined ? [] : [{ deliveryId: id, customerId: customer_id, ...text }]
    })
    const ids = await this.inbox.add(manager, messages)
    const now = Date.now()
    return rows.flatMap((row) => {
      const id = ids.get(row.id)
      if (id === undefined) return []
      const value = notificationOf(row, now, { status: 'delivered', attempt: 1, provider_message_id: id, error: null })
      return [stepEvent(value, traces.get(row.alert_id) ?? null)]
    })
  }

  /** Tells the streams of these customers, once it is committed. They find it by themselves when this fails. */
  async tell(customerIds: readonly string[]): Promise<void> {
    try {
      await this.notices.send(customerIds)
    } catch (error) {
      this.logger.warn({ err: toError(error) }, 'Streams of inboxes were not told of what is new; they find it with what comes next')
    }
  }

  /** Undefined when it cannot be made, which must not keep the alert from going the other ways. */
  private textOf(plannable: PlannableAlert | undefined): InboxText | undefined {
    if (plannable === undefined) return undefined
    const { alert, addressee } = plannable
    try {
      return this.texts.inbox({ kind: 'alert', alert, question: asks(alert) ? { url: '', code: null, bySms: false } : null }, addressee)
    } catch (error) {
      this.logger.error({ err: toError(error), alert_id: alert.alert_id }, 'A message for the app could not be made; the alert goes its other ways')
      return undefined
    }
  }
}
