import { Inject, Injectable } from '@nestjs/common'
import { Outbox } from '@swipestream/messaging'
import type { EntityManager } from 'typeorm'
import { CONFIG, type NotifierConfig } from '../config.js'
import { DeliveriesRepository, type NewDelivery } from '../db/deliveries.repository.js'
import { FallbacksRepository, type FallenBack } from '../db/fallbacks.repository.js'
import { OpenQuestions } from '../db/open-questions.repository.js'
import { nextWay } from '../domain/routing.js'
import { ledgerRow, queuedEvents } from './ledger-rows.js'
import { opsAlert } from './ops-alert.js'

/** The next way of messages that failed for good, or did not arrive in time. */
@Injectable()
export class FallBack {
  constructor(
    private readonly deliveries: DeliveriesRepository,
    private readonly fallbacks: FallbacksRepository,
    private readonly questions: OpenQuestions,
    private readonly outbox: Outbox,
    @Inject(CONFIG) private readonly config: Pick<NotifierConfig, 'FALLBACK_AFTER_SECONDS'>,
  ) {}

  /**
   * Writes them, with their events, and tells the people on call of alerts that no way is left for.
   *
   * @returns how many messages were written
   */
  async after(manager: EntityManager, deliveryIds: readonly string[]): Promise<number> {
    if (deliveryIds.length === 0) return 0
    const taken = await this.fallbacks.take(manager, deliveryIds)
    const merged = Map.groupBy(await this.fallbacks.mergedInto(manager, taken.map(({ id }) => id)), ({ merged_into }) => merged_into)
    const planned = taken.flatMap((failed) => {
      const next = this.next(failed)
      return next === undefined ? [] : [next, ...(merged.get(failed.id) ?? []).map((row) => mergedRow(next, row))]
    })
    const inserted = await this.deliveries.insert(manager, planned)
    const queued = planned.filter(({ id }) => inserted.has(id))
    await this.questions.askBySms(manager, queued.filter(({ channel, status }) => channel === 'sms' && status === 'queued').map(({ alert_id, recipient }) => ({ alert_id, phone: recipient })))
    const traces = new Map(taken.map(({ alert_id, traceparent }) => [alert_id, traceparent]))
    const unreached = await this.fallbacks.unreached(manager, deliveryIds)
    const alarms = unreached.length === 0 ? [] : [opsAlert('NOTIFY_UNREACHABLE', `${unreached.length} of the alerts could be delivered by no way: ${unreached.slice(0, 3).join(', ')}`, unreached.length)]
    await this.outbox.add(manager, [...queuedEvents(queued, traces), ...alarms])
    return queued.length
  }

  private next(failed: FallenBack): NewDelivery | undefined {
    const way = failed.contact === null ? undefined : nextWay(failed.contact, failed.fallbacks)
    if (way === undefined) return undefined
    const fallBackMs = way.fallbacks.length === 0 ? null : this.config.FALLBACK_AFTER_SECONDS * 1_000
    const { alert_id, card_id, customer_id, purpose, shared } = failed
    return ledgerRow({ alert_id, card_id, customer_id, purpose }, way, { shared, fallBackMs })
  }
}

function mergedRow(next: NewDelivery, { alert_id, purpose }: Pick<NewDelivery, 'alert_id' | 'purpose'>): NewDelivery {
  const { card_id, customer_id, channel, recipient } = next
  return ledgerRow({ alert_id, card_id, customer_id, purpose }, { channel, recipient, fallbacks: [] }, { status: 'merged', merged_into: next.id })
}
