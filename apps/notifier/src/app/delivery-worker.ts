import { inSpan, type Logger, markFailed, pause, type Span, SpanKind, toError, traceHeaders } from '@swipestream/platform'
import type { ClaimedDelivery, DeliveriesRepository } from '../db/deliveries.repository.js'
import type { Delivery, Outcome } from '../domain/delivery.js'
import { describeFailure } from '../domain/failure.js'
import { nextStep, type RetryPolicy } from '../domain/retry.js'
import type { AnswerLinks } from './answer-links.js'
import type { ChannelState } from './channel-state.js'
import type { MessageChannel } from './channels/channel.js'
import { contentOf } from './content.js'
import type { NotifierMetrics } from './notifier-metrics.js'
import type { RateLimit } from './rate-limit.js'
import type { Settlements, TracedOutcome } from './settlements.js'

export interface DeliveryWorkerParts {
  readonly channel: MessageChannel
  readonly deliveries: DeliveriesRepository
  readonly links: Pick<AnswerLinks, 'urlFor'>
  readonly settlements: Settlements
  readonly state: ChannelState
  readonly rateLimit: RateLimit
  readonly policy: RetryPolicy
  /** How long a claim holds without being renewed, in milliseconds: so long the messages of a killed instance wait. */
  readonly leaseMs: number
  readonly metrics: NotifierMetrics
  readonly logger: Logger
}

/** How often, at least, leases are renewed, dead instances' messages taken back and the queue measured. */
const tendMs = 5_000
/** How often the ledger is asked without being woken: for retries that are due, and what other instances queued. */
const pollMs = 1_000
/** Longest time of one attempt. */
const attemptMs = 60_000
/** How long attempts under way may take at the end. */
const drainMs = 20_000

/**
 * How many messages of a channel an instance has in hand at most, given how many its provider takes at once: while one
 * half is on its way, the other is being claimed or settled. So many may go out twice when it is killed.
 */
export function mostInHand(concurrency: number): number {
  return 2 * concurrency
}

/** A message that is being sent or settled. */
interface UnderWay {
  readonly controller: AbortController
  readonly settled: Promise<void>
}

/**
 * Sends the messages of one channel: claims rows of the ledger that are due, sends them, settles what became of them.
 *
 * Several instances may run: rows are claimed with SKIP LOCKED and a lease. A message goes out twice only when the
 * process is killed, or cut off from the database for longer than a lease, between the provider's acceptance and the
 * settlement, or when the provider's acceptance is lost on its way here.
 */
export class DeliveryWorker {
  readonly #parts: DeliveryWorkerParts
  readonly #most: number
  readonly #inHand = new Map<string, UnderWay>()
  readonly #stopping = new AbortController()
  #woken = false
  #wakeUp: () => void = () => undefined
  #running: Promise<unknown> = Promise.resolve()

  constructor(parts: DeliveryWorkerParts) {
    this.#parts = parts
    this.#most = mostInHand(parts.channel.concurrency)
  }

  start(): void {
    this.#running = Promise.all([this.#claimWhileRunning(), this.#tendWhileRunning()])
  }

  /** There may be something to send. */
  wake(): void {
    this.#woken = true
    this.#wakeUp()
  }

  /** Claims nothing more; resolves when what is under way is settled. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    this.wake()
    await this.#running
    const cut = setTimeout(() => {
      for (const { controller } of this.#inHand.values()) controller.abort()
    }, drainMs)
    await Promise.all([...this.#inHand.values()].map(({ settled }) => settled))
    clearTimeout(cut)
    this.#parts.channel.close()
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted
  }

  async #claimWhileRunning(): Promise<void> {
    while (!this.#stopped) {
      this.#woken = false
      const restMs = this.#parts.state.restMs()
      // A provider that was away is asked with one message before it gets the rest.
      const most = this.#parts.state.failures > 0 ? 1 : this.#most
      const room = most - this.#inHand.size
      const { rateLimit } = this.#parts
      const allowed = Math.min(room, rateLimit.available(performance.now()))
      if (restMs > 0 || room < most / 2) await this.#sleep(restMs > 0 ? restMs : pollMs)
      // Nobody who wakes it gives it leave to send more.
      else if (allowed === 0) await this.#pause(rateLimit.nextInMs(performance.now()))
      else if ((await this.#claim(allowed)) < allowed) await this.#sleep(pollMs)
    }
  }

  /** @returns how many messages there were; fewer than `room` when there are no more */
  async #claim(room: number): Promise<number> {
    const { deliveries, channel, leaseMs, logger } = this.#parts
    try {
      const claimed = await deliveries.claim(channel.name, room, leaseMs)
      this.#parts.rateLimit.take(claimed.length)
      for (const delivery of claimed) this.#take(delivery)
      return claimed.length
    } catch (error) {
      logger.warn({ err: toError(error), channel: channel.name }, 'The ledger cannot be read; trying again')
      await this.#pause(pollMs)
      return 0
    }
  }

  #take(claimed: ClaimedDelivery): void {
    const controller = new AbortController()
    this.#inHand.set(claimed.id, { controller, settled: this.#deliver(claimed, controller) })
  }

  /** Sends one message and settles it. Never rejects. */
  async #deliver(claimed: ClaimedDelivery, controller: AbortController): Promise<void> {
    const { channel, settlements, logger } = this.#parts
    const tooLong = setTimeout(() => controller.abort(), attemptMs)
    try {
      const parent = claimed.traceparent === null ? {} : { traceparent: claimed.traceparent }
      const attributes = { 'notification.id': claimed.id, 'notification.channel': channel.name, 'notification.attempt': claimed.attempt }
      const options = { kind: SpanKind.CLIENT, parent, attributes }
      const traced = await inSpan(`send ${channel.name}`, options, (span) => this.#attempt(claimed, controller.signal, span))
      await settlements.settle(traced)
    } catch (error) {
      logger.error({ err: toError(error), notification_id: claimed.id }, 'A message could not be handled; it is tried again when its lease ends')
    } finally {
      clearTimeout(tooLong)
      this.#inHand.delete(claimed.id)
      if (this.#inHand.size <= this.#most / 2) this.wake()
    }
  }

  async #attempt(claimed: ClaimedDelivery, signal: AbortSignal, span: Span): Promise<TracedOutcome> {
    const { channel, links, metrics, state, policy, logger } = this.#parts
    const { id, recipient, addressee, attempt, ageMs } = claimed
    const traceparent = traceHeaders()['traceparent'] ?? claimed.traceparent
    const delivery: Delivery = claimed
    let outcome: Outcome
    try {
      const content = await contentOf(claimed, links)
      const providerMessageId = await channel.send({ id, recipient, content, addressee }, signal)
      state.worked()
      const { severity, raised_at } = claimed.told.alert
      metrics.latency.observe({ channel: channel.name, severity }, Math.max(0, Date.now() - raised_at) / 1000)
      outcome = { status: 'sent', delivery, providerMessageId }
    } catch (error) {
      const failure = channel.failureOf(error)
      markFailed(span, failure.code)
      metrics.attemptFailures.inc({ channel: channel.name, code: failure.code })
      if (failure.scope === 'channel') state.failed(failure)
      const standing = { attempt, ageMs, channelFailures: state.failures, channelPauseMs: state.restMs() }
      const next = nextStep(failure, standing, policy, Math.random())
      const details = { notification_id: id, channel: channel.name, attempt, code: failure.code, reason: failure.reason }
      if (next.step === 'retry') {
        logger.debug({ ...details, delayMs: next.delayMs }, 'A message was not accepted; it is tried again')
        outcome = { status: 'queued', delivery, error: describeFailure(failure), delayMs: next.delayMs }
      } else {
        logger.warn(details, 'A message has failed for good')
        outcome = { status: 'failed', delivery, error: describeFailure(next.failure) }
      }
    }
    return { outcome, traceparent }
  }

  async #tendWhileRunning(): Promise<void> {
    const { channel, deliveries, metrics, leaseMs, logger } = this.#parts
    while (!this.#stopped) {
      try {
        // First: after a time without a database, this instance's own messages must not be taken back.
        if (this.#inHand.size > 0) await deliveries.renew([...this.#inHand.keys()], leaseMs)
        const count = await deliveries.takeBack(channel.name)
        if (count > 0) {
          metrics.takenBack.inc({ channel: channel.name }, count)
          logger.warn({ channel: channel.name, count }, 'Messages of a sender that died are taken back')
          this.wake()
        }
        await metrics.measureQueues(channel.name)
      } catch (error) {
        logger.warn({ err: toError(error), channel: channel.name }, 'The ledger cannot be tended; trying again')
      }
      await this.#pause(Math.min(tendMs, leaseMs / 3))
    }
  }

  /** Until the end begins, at most `ms`. */
  #pause(ms: number): Promise<void> {
    return pause(ms, this.#stopping.signal)
  }

  /** Until woken, at most `ms`. */
  async #sleep(ms: number): Promise<void> {
    if (this.#woken) return
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>((resolve) => {
      this.#wakeUp = resolve
      timer = setTimeout(resolve, ms)
    })
    clearTimeout(timer)
    this.#wakeUp = () => undefined
  }
}
