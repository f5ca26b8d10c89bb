import { Inject, Injectable } from '@nestjs/common'
import { counter, gauge, LOGGER, type Logger, Readiness, toError } from '@swipestream/platform'
import { inboxKey, InboxNotices } from '../db/inbox-notices.js'
import { type InboxMessage, InboxRepository } from '../db/inbox.repository.js'
import type { TokenHolder } from './customer-tokens.js'

/** What a stream tells. */
export type InboxEvent =
  | { readonly kind: 'message'; readonly message: InboxMessage }
  /** Nothing happened for a while; the connection is there. */
  | { readonly kind: 'alive' }
  /** The token has ended, and so does the stream. */
  | { readonly kind: 'expired' }

/** The connection that a stream is for. */
export interface StreamConnection {
  /** Aborted when it is closed, whoever closed it. */
  readonly gone: AbortSignal
  /** Closes it, whatever it still holds. */
  cut(): void
}

/** Why there is no stream. */
export type StreamRefusal = 'too_many_of_customer' | 'too_many'

/** Streams of an instance at the same time at most: of one customer's devices, and of all. */
export const mostStreams = { ofCustomer: 10, ofAll: 5_000 }

const heartbeatMs = 15_000
/** How long a client may take to read what is sent, and then the end: after that its connection is cut. */
const slowMs = 30_000
/** Messages read from the database at once: so many a slow client has waiting here at most. */
const messagesAtOnce = 100
/** Until the database is asked again that did not answer, when no notice comes first. */
const againMs = 1_000

/** Rings for one stream. */
class Bell {
  #rung = false
  #wakeUp: () => void = () => undefined

  ring(): void {
    this.#rung = true
    this.#wakeUp()
  }

  /** Whether it rang, before this or within `ms`. */
  async rang(ms: number): Promise<boolean> {
    if (!this.#rung) {
      let timer: NodeJS.Timeout | undefined
      await new Promise<void>((resolve) => {
        this.#wakeUp = resolve
        timer = setTimeout(resolve, ms)
      })
      clearTimeout(timer)
    }
    const rung = this.#rung
    this.#rung = false
    return rung
  }
}

/** Cuts a connection whose client takes too long to read. */
class Patience {
  #timer: NodeJS.Timeout | undefined
  #lost = false

  constructor(private readonly connection: StreamConnection) {}

  get lost(): boolean {
    return this.#lost
  }

  begin(): void {
    this.end()
    if (this.connection.gone.aborted) return
    this.#timer = setTimeout(() => {
      this.#lost = true
      this.connection.cut()
    }, slowMs)
  }

  end(): void {
    clearTimeout(this.#timer)
  }
}

/**
 * Streams of what arrives in customers' inboxes.
 *
 * A stream keeps nothing but the id it has told last, and looks for what is behind it whenever it is told that there
 * may be something, and at its beginning. So there is neither a gap nor a double between what was missed and what comes
 * live, on whichever instance, and a slow client has nothing pile up for it but in the database.
 */
@Injectable()
export class InboxStreams {
  readonly #bells = new Map<string, Set<Bell>>()
  #count = 0
  #failing = false
  private readonly streams = gauge({ name: 'inbox_streams', help: 'Streams of inboxes that are open' })
  private readonly ended = counter({
    name: 'inbox_streams_total',
    help: "Streams of inboxes by their end: client, expired (its token), shutdown, slow (it did not read); refused: there were too many",
    labels: ['end'],
  })

  constructor(
    private readonly inbox: InboxRepository,
    notices: InboxNotices,
    private readonly readiness: Readiness,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    const ringAll = (): void => {
      for (const bells of this.#bells.values()) for (const bell of bells) bell.ring()
    }
    notices.subscribe({
      arrived: (key) => {
        for (const bell of this.#bells.get(key) ?? []) bell.ring()
      },
      resumed: ringAll,
    })
    readiness.shutdown.addEventListener('abort', ringAll, { once: true })
  }

  /**
   * A stream of what is behind `after`. It ends when the token does, when the connection is gone, and when the service
   * stops. It counts as open until the connection is gone.
   */
  open(holder: TokenHolder, after: string, connection: StreamConnection): AsyncIterable<InboxEvent> | StreamRefusal {
    const key = inboxKey(holder.customerId)
    const bells = this.#bells.get(key) ?? new Set()
    const refusal = bells.size >= mostStreams.ofCustomer ? 'too_many_of_customer' : this.#count >= mostStreams.ofAll ? 'too_many' : undefined
    if (refusal !== undefined) {
      this.ended.inc({ end: 'refused' })
      return refusal
    }
    const bell = new Bell()
    const patience = new Patience(connection)
    this.#bells.set(key, bells.add(bell))
    this.streams.set({}, ++this.#count)
    const close = (): void => {
      bells.delete(bell)
      if (bells.size === 0) this.#bells.delete(key)
      this.streams.set({}, --this.#count)
      patience.end()
      bell.ring()
    }
    if (connection.gone.aborted) close()
    else connection.gone.addEventListener('abort', close, { once: true })
    return this.#events(holder, after, connection, bell, patience)
  }

  async *#events(holder: TokenHolder, after: string, { gone }: StreamConnection, bell: Bell, patience: Patience): AsyncGenerator<InboxEvent> {
    let end = 'client'
    try {
      for await (const event of this.#told(holder, after, gone, bell)) {
        patience.begin()
        yield event
        patience.end()
        if (event.kind === 'expired') end = 'expired'
      }
      if (!gone.aborted && end === 'client') end = 'shutdown'
    } finally {
      this.ended.inc({ end: patience.lost ? 'slow' : end })
      // A client that does not read does not see the end either, and would keep its connection.
      patience.begin()
    }
  }

  async *#told({ customerId, expiresAt }: TokenHolder, after: string, gone: AbortSignal, bell: Bell): AsyncGenerator<InboxEvent> {
    const over = (): boolean => gone.aborted || this.readiness.shuttingDown
    let last = after
    let behind = true
    while (!over()) {
      const leftMs = expiresAt - Date.now()
      if (leftMs <= 0) {
        yield { kind: 'expired' }
        return
      }
      if (behind) {
        const messages = await this.#look(customerId, last)
        for (const message of messages ?? []) {
          if (over()) return
          last = message.id
          yield { kind: 'message', message }
        }
        behind = messages === undefined || messages.length === messagesAtOnce
        if (messages === undefined) await bell.rang(againMs)
      } else {
        const waitMs = Math.min(heartbeatMs, leftMs)
        behind = await bell.rang(waitMs)
        if (!behind && waitMs === heartbeatMs) yield { kind: 'alive' }
      }
    }
  }

  /** Undefined when the database does not answer. */
  async #look(customerId: string, last: string): Promise<InboxMessage[] | undefined> {
    try {
      const messages = await this.inbox.after(customerId, last, messagesAtOnce)
      this.#failing = false
      return messages
    } catch (error) {
      // Once for all streams: they fail together.
      if (!this.#failing) this.logger.warn({ err: toError(error) }, 'Streams cannot look into inboxes; they go on when they can')
      this.#failing = true
      return undefined
    }
  }
}
