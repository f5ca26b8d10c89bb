import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common'
import { Outbox } from '@swipestream/messaging'
import { FatalErrors, LOGGER, type Logger, pause, Readiness, toError } from '@swipestream/platform'
import { DataSource, type EntityManager } from 'typeorm'
import { CONFIG, type NotifierConfig } from '../config.js'
import { AlertsRepository } from '../db/alerts.repository.js'
import { DeliveriesRepository } from '../db/deliveries.repository.js'
import { FallbacksRepository } from '../db/fallbacks.repository.js'
import { PastRepository } from '../db/past.repository.js'
import { fallbackDesk } from '../domain/delivery.js'
import { DeliveryWorkers } from './delivery-workers.js'
import { FallBack } from './fall-back.js'
import { ledgerRow, queuedEvents, tracesOf } from './ledger-rows.js'
import { opsAlert } from './ops-alert.js'

/** How often it is looked, in milliseconds; the times it is about are seconds and more. */
const everyMs = 1_000
const atOnce = 200

/**
 * Does what time brings: the next way of messages that are late, a desk of the bank for alerts that nobody knows whom to
 * tell of, and an end to what is kept.
 */
@Injectable()
export class TendAlerts implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #stopping = new AbortController()
  #running: Promise<void> = Promise.resolve()

  constructor(
    private readonly database: DataSource,
    private readonly alerts: AlertsRepository,
    private readonly deliveries: DeliveriesRepository,
    private readonly fallbacks: FallbacksRepository,
    private readonly fallBack: FallBack,
    private readonly past: PastRepository,
    private readonly outbox: Outbox,
    private readonly workers: DeliveryWorkers,
    private readonly readiness: Readiness,
    private readonly fatal: FatalErrors,
    @Inject(CONFIG) private readonly config: Pick<NotifierConfig, 'CONTACT_WAIT_SECONDS' | 'FALLBACK_EMAIL' | 'KEEP_DAYS'>,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.#running = this.readiness.opened().then(() => this.run(), (error: unknown) => this.fatal.report(error))
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  private async run(): Promise<void> {
    while (!this.readiness.shuttingDown && !this.#stopping.signal.aborted) {
      try {
        const written = await this.database.transaction((manager) => this.tryNextWays(manager)) + await this.database.transaction((manager) => this.handOver(manager))
        if (written > 0) this.workers.wake()
        const forgotten = await this.database.transaction((manager) => this.past.forget(manager, this.config.KEEP_DAYS, atOnce))
        if (forgotten > 0) this.logger.info({ alerts: forgotten }, 'What was told longer ago than KEEP_DAYS is removed')
      } catch (error) {
        this.logger.warn({ err: toError(error) }, 'Late messages and waiting alerts cannot be looked after; trying again')
      }
      await pause(everyMs, this.#stopping.signal)
    }
  }

  private async tryNextWays(manager: EntityManager): Promise<number> {
    return await this.fallBack.after(manager, await this.fallbacks.late(manager, atOnce))
  }

  /** @returns how many messages were written */
  private async handOver(manager: EntityManager): Promise<number> {
    const { CONTACT_WAIT_SECONDS: waited, FALLBACK_EMAIL: desk } = this.config
    const overdue = await this.alerts.lockOverdue(manager, waited, atOnce)
    if (overdue.length === 0) return 0
    const planned = desk === undefined ? [] : overdue.map(({ alert: { alert_id, card_id } }) =>
      ledgerRow({ alert_id, card_id, customer_id: fallbackDesk, purpose: 'alert' }, { channel: 'email', recipient: desk, fallbacks: [] }))
    await this.deliveries.insert(manager, planned)
    await this.alerts.markPlanned(manager, overdue.map(({ alert }) => alert.alert_id), overdue.map(() => null))
    const traces = tracesOf(overdue)
    const where = desk === undefined ? 'FALLBACK_EMAIL is not set: nobody was told' : 'the desk that FALLBACK_EMAIL names was told'
    const alarm = opsAlert('NOTIFY_NO_CONTACT', `${overdue.length} alerts waited ${waited} s for their customer's address in vain; ${where}. The first: ${overdue[0]?.alert.alert_id}`, overdue.length)
    await this.outbox.add(manager, [...queuedEvents(planned, traces), alarm])
    return planned.length
  }
}
