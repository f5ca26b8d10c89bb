import { Injectable } from '@nestjs/common'
import { Outbox } from '@swipestream/messaging'
import { counter } from '@swipestream/platform'
import { DataSource, type EntityManager } from 'typeorm'
import { DeliveryReportsRepository, type ReportedDelivery } from '../db/delivery-reports.repository.js'
import { OptOutsRepository } from '../db/opt-outs.repository.js'
import { afterReport, type DeliveryReport, isOptOut, undelivered } from '../domain/delivery-report.js'
import { notificationOf } from '../domain/delivery.js'
import { DeliveryWorkers } from './delivery-workers.js'
import { stepEvent } from './event-headers.js'
import { FallBack } from './fall-back.js'
import { NotifierMetrics } from './notifier-metrics.js'

/** What a report came to. */
export type ReportResult = 'delivered' | 'failed' | 'unchanged' | 'unknown'

/** Writes to the ledger what Twilio reports of an SMS, with the event, in one transaction; after a failure the next way is planned in it too. */
@Injectable()
export class TakeDeliveryReport {
  private readonly reports = counter({
    name: 'delivery_reports_total',
    help: 'Reports of Twilio about SMS: delivered, failed, unchanged (no news), or unknown (there is no such message)',
    labels: ['result'],
  })

  constructor(
    private readonly database: DataSource,
    private readonly deliveries: DeliveryReportsRepository,
    private readonly optOuts: OptOutsRepository,
    private readonly outbox: Outbox,
    private readonly workers: DeliveryWorkers,
    private readonly metrics: NotifierMetrics,
    private readonly fallBack: FallBack,
  ) {}

  /** @param deliveryId as the status callback has it: a UUID */
  async run(deliveryId: string, report: DeliveryReport): Promise<ReportResult> {
    const result = await this.database.transaction((manager) => this.take(manager, deliveryId, report))
    this.reports.inc({ result })
    if (result === 'delivered' || result === 'failed') this.metrics.notifications.inc({ channel: 'sms', status: result })
    if (result === 'failed') this.workers.wake()
    return result
  }

  private async take(manager: EntityManager, deliveryId: string, report: DeliveryReport): Promise<ReportResult> {
    const rows = await this.deliveries.lock(manager, deliveryId)
    const sms = rows.find(({ id }) => id === deliveryId)
    if (sms === undefined) return 'unknown'
    if (isOptOut(report)) await this.optOuts.add(manager, sms.recipient)
    const step = afterReport(sms, report)
    if (step === undefined) return 'unchanged'
    // What is merged into a message goes its way; what is delivered never goes back.
    const moved = rows.filter(({ status }) => status !== step && status !== 'delivered')
    const ids = moved.map(({ id }) => id)
    const error = step === 'failed' ? undelivered(report) : null
    if (error === null) await this.deliveries.deliver(manager, ids, report.sid)
    else await this.deliveries.fail(manager, ids, report.sid, error)
    await this.tell(manager, moved, { status: step, provider_message_id: report.sid, error })
    if (step === 'failed') await this.fallBack.after(manager, [deliveryId])
    return step
  }

  private async tell(
    manager: EntityManager,
    moved: readonly ReportedDelivery[],
    step: { readonly status: 'delivered' | 'failed'; readonly provider_message_id: string; readonly error: string | null },
  ): Promise<void> {
    const now = Date.now()
    await this.outbox.add(manager, moved.map((row) => stepEvent(notificationOf(row, now, { ...step, attempt: row.attempts }), row.traceparent)))
  }
}
