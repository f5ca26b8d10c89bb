import { Inject, Injectable } from '@nestjs/common'
import { counter, LOGGER, Readiness, toError, type Logger } from '@swipestream/platform'
import { DecisionNotices } from '../db/decision-notices.js'
import type { TransactionRow } from '../db/transaction.entity.js'
import { TransactionsRepository } from '../db/transactions.repository.js'

/** Waits at the same time at most: each holds a request and its connection. */
const mostWaits = 10_000

type Wake = 'look' | 'last look' | 'end'

/** One request that waits. */
class Waiter {
  #pending: Wake | undefined
  #wakeUp: (() => void) | undefined

  wake(why: Wake): void {
    // What ends the wait is not to be forgotten for one look more.
    if (this.#pending === undefined || this.#pending === 'look') this.#pending = why
    this.#wakeUp?.()
  }

  /** Why it was woken, also while nobody was waiting. */
  async woken(): Promise<Wake> {
    while (this.#pending === undefined) {
      await new Promise<void>((resolve) => {
        this.#wakeUp = resolve
      })
    }
    const why = this.#pending
    if (why === 'look') this.#pending = undefined
    return why
  }
}

/**
 * Holds a request until its transaction is decided about, whichever instance reads the decision. It looks at the
 * transaction at the beginning, when it is told, when notices may have been missed, and at the end; in between never.
 */
@Injectable()
export class AwaitDecision {
  readonly #waiters = new Map<string, Set<Waiter>>()
  #count = 0
  private readonly waits = counter({
    name: 'decision_waits_total',
    help: 'Requests held for their decision: decided, timeout, or shutdown; refused: too many waited already',
    labels: ['result'],
  })

  constructor(
    private readonly transactions: TransactionsRepository,
    notices: DecisionNotices,
    private readonly readiness: Readiness,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    notices.subscribe({
      decided: (ids) => {
        for (const id of ids) for (const waiter of this.#waiters.get(id) ?? []) waiter.wake('look')
      },
      resumed: () => {
        for (const waiters of this.#waiters.values()) for (const waiter of waiters) waiter.wake('look')
      },
    })
  }

  /**
   * The transaction as soon as it is decided about; undefined when it is not within `seconds`, or the service stops.
   * Never rejects: the swipe is accepted, whatever becomes of the wait.
   */
  async run(transactionId: string, seconds: number): Promise<TransactionRow | undefined> {
    if (this.#count >= mostWaits) {
      this.waits.inc({ result: 'refused' })
      return undefined
    }
    const waiter = this.#add(transactionId)
    const end = () => waiter.wake('end')
    const timer = setTimeout(() => waiter.wake('last look'), seconds * 1000)
    const { shutdown } = this.readiness
    shutdown.addEventListener('abort', end)
    if (shutdown.aborted) end()
    try {
      return await this.#decided(transactionId, waiter)
    } finally {
      clearTimeout(timer)
      shutdown.removeEventListener('abort', end)
      this.#remove(transactionId, waiter)
    }
  }

  async #decided(transactionId: string, waiter: Waiter): Promise<TransactionRow | undefined> {
    // At first at once: the decision may have been told of before anybody waited for it.
    for (let why: Wake = 'look'; why !== 'end'; why = await waiter.woken()) {
      const transaction = await this.#look(transactionId)
      if (transaction !== undefined) {
        this.waits.inc({ result: 'decided' })
        return transaction
      }
      if (why === 'last look') {
        this.waits.inc({ result: 'timeout' })
        return undefined
      }
    }
    this.waits.inc({ result: 'shutdown' })
    return undefined
  }

  async #look(transactionId: string): Promise<TransactionRow | undefined> {
    try {
      return await this.transactions.decided(transactionId)
    } catch (error) {
      this.logger.warn({ err: toError(error) }, 'A request that waits for its decision could not look; it waits on')
      return undefined
    }
  }

  #add(transactionId: string): Waiter {
    const waiter = new Waiter()
    const waiters = this.#waiters.get(transactionId) ?? new Set()
    waiters.add(waiter)
    this.#waiters.set(transactionId, waiters)
    this.#count++
    return waiter
  }

  #remove(transactionId: string, waiter: Waiter): void {
    const waiters = this.#waiters.get(transactionId)
    waiters?.delete(waiter)
    if (waiters?.size === 0) this.#waiters.delete(transactionId)
    this.#count--
  }
}
