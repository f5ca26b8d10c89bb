import { setTimeout as sleep } from 'node:timers/promises'
import type { Outbox } from '@swipestream/messaging'
import { type Logger, toError } from '@swipestream/platform'
import type { DataSource, EntityManager } from 'typeorm'
import type { DeliveriesRepository, Settled } from '../db/deliveries.repository.js'
import type { OptOutsRepository } from '../db/opt-outs.repository.js'
import { tellsOfOptOut } from '../domain/delivery-report.js'
import { isShareable, type Outcome, outcomeNotification } from '../domain/delivery.js'
import { stepEvent } from './event-headers.js'
import type { FallBack } from './fall-back.js'
import type { NotifierMetrics } from './notifier-metrics.js'

export interface SettlementParts {
  readonly database: DataSource
  readonly deliveries: DeliveriesRepository
  readonly outbox: Outbox
  readonly optOuts: Pick<OptOutsRepository, 'add'>
  readonly fallBack: Pick<FallBack, 'after'>
  /** There may be more to send: the next way of what has failed. */
  readonly onFailed: () => void
  readonly metrics: NotifierMetrics
  readonly logger: Logger
}

/** An outcome with the trace its event belongs to. */
export interface TracedOutcome {
  readonly outcome: Outcome
  readonly traceparent: string | null
}

const mostAtOnce = 200
const longestWaitMs = 2_000

/**
 * Writes what became of attempts to the ledger, with their events, in one transaction a group: what comes while a group
 * is written makes the next one. So the first is written at once, and many together cost little more than one.
 *
 * The time from a provider's acceptance to the end of this transaction is the window in which a kill makes a message go
 * out twice. While the database is away, writing is tried until it is back.
 */
export class Settlements {
  #waiting: { readonly traced: TracedOutcome; readonly done: () => void }[] = []
  #writing = false

  constructor(private readonly parts: SettlementParts) {}

  /** Resolves when the outcome stands in the ledger. */
  settle(traced: TracedOutcome): Promise<void> {
    return new Promise((done) => {
      this.#waiting.push({ traced, done })
      if (!this.#writing) void this.#writeAll()
    })
  }

  async #writeAll(): Promise<void> {
    this.#writing = true
    // Outcomes of the same turn of the event loop belong together.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, mostAtOnce)
      await this.#insist(group.map(({ traced }) => traced))
      for (const { done } of group) done()
    }
    this.#writing = false
  }

  async #insist(group: readonly TracedOutcome[]): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#write(group)
      } catch (error) {
        const details = { err: toError(error), outcomes: group.length, attempt }
        this.parts.logger.error(details, 'What became of messages cannot be written to the ledger; trying again')
        await sleep(Math.min(longestWaitMs, 50 * 2 ** Math.min(attempt, 10)))
      }
    }
  }

  async #write(group: readonly TracedOutcome[]): Promise<void> {
    const { database, metrics } = this.parts
    const byId = new Map(group.map((traced) => [traced.outcome.delivery.id, traced]))
    const settled = await database.transaction((manager) => this.#record(manager, byId))
    for (const { id, as } of settled) {
      const outcome = byId.get(id)?.outcome
      if (outcome === undefined || outcome.status === 'queued') continue
      const { channel } = outcome.delivery
      if (as === 'first') metrics.notifications.inc({ channel, status: outcome.status })
      else if (as === 'again') metrics.duplicates.inc({ channel })
    }
    if (settled.some(({ id }) => byId.get(id)?.outcome.status === 'failed')) this.parts.onFailed()
  }

  async #record(manager: EntityManager, byId: ReadonlyMap<string, TracedOutcome>): Promise<Settled[]> {
    const { deliveries, outbox, optOuts, fallBack } = this.parts
    const settled = await deliveries.settle(manager, [...byId.values()].map(({ outcome }) => outcome))
    const now = Date.now()
    const first = settled.flatMap(({ id, as }) => {
      const traced = byId.get(id)
      return as === 'first' && traced !== undefined && traced.outcome.status !== 'queued' ? [traced] : []
    })
    const merged = await deliveries.settleMerged(manager, first.flatMap(({ outcome: { delivery } }) => (isShareable(delivery.purpose) ? [delivery.id] : [])))
    const outcomes = [...first, ...merged.flatMap((row): TracedOutcome[] => {
      const outcome = byId.get(row.merged_into)?.outcome
      return outcome === undefined ? [] : [{ outcome: { ...outcome, delivery: { ...row, attempt: outcome.delivery.attempt } }, traceparent: row.traceparent }]
    })]
    const events = outcomes.flatMap(({ outcome, traceparent }) => {
      const value = outcomeNotification(outcome, now)
      return value === undefined ? [] : [stepEvent(value, traceparent)]
    })
    await outbox.add(manager, events)
    const failed = first.flatMap(({ outcome }) => (outcome.status === 'failed' ? [outcome] : []))
    // Before the next way is looked for: this number is none any more.
    for (const { delivery, error } of failed) if (tellsOfOptOut(error)) await optOuts.add(manager, delivery.recipient)
    await fallBack.after(manager, failed.map(({ delivery }) => delivery.id))
    return settled
  }
}
