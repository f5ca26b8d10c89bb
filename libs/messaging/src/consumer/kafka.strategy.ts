import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices'
import { isObservable, lastValueFrom } from 'rxjs'
import { MessagingError } from '../errors.js'
import type { KafkaClient } from '../kafka/ports.js'
import type { Outgoing } from '../received.js'
import type { Subscription } from './consume.decorator.js'
import { ConsumerGroup, type GroupParts, type Subscribed } from './consumer-group.js'
import type { Handle } from './pipeline.js'

export interface StrategyParts extends GroupParts {
  readonly client: KafkaClient
  readonly sessionTimeoutMs: number
  /** Resolves when the ids of the schemas to write with are known. */
  readonly schemasLoaded: () => Promise<void>
}

/** Nest's transport: every `@Consume` handler of the application, as one member of the service's consumer group. */
export class KafkaStrategy extends Server implements CustomTransportStrategy {
  /** Failures reach the pipeline, which decides on them; Nest need not log them. */
  override readonly propagatesEventHandlerErrors = true
  readonly #parts: StrategyParts
  #group: ConsumerGroup | null = null
  #closed = false

  constructor(parts: StrategyParts) {
    super()
    this.#parts = parts
  }

  /** @throws MessagingError HANDLER_DUPLICATE */
  async listen(callback: (error?: unknown) => void): Promise<void> {
    try {
      const subscribed = new Map([...this.messageHandlers].map(([pattern, handler]) => [this.#parts.envelope.topicName(pattern), subscribedBy(pattern, handler)]))
      await this.#parts.schemasLoaded()
      if (subscribed.size === 0) this.#parts.onHealth(null) // a service that only writes
      else if (!this.#closed) {
        this.#group = new ConsumerGroup(this.#parts.client, subscribed, this.#parts.sessionTimeoutMs, this.#parts)
        this.#group.start()
      }
      callback()
    } catch (error) {
      callback(error)
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#group?.close()
    this.#group = null
  }

  override on(): never {
    throw new Error('KafkaStrategy has no events of its own: see the readiness and the metrics')
  }

  override unwrap<T>(): T {
    return this.#parts.client as T
  }
}

function subscribedBy(pattern: string, handler: MessageHandler): Subscribed {
  const subscription = (handler.extras as { readonly subscription?: Subscription } | undefined)?.subscription
  if (!subscription) throw new MessagingError('HANDLER_DUPLICATE', `The handler of ${pattern} has no @Consume: @EventPattern and @MessagePattern are not served`)
  if (handler.next) throw new MessagingError('HANDLER_DUPLICATE', `${pattern} has two @Consume handlers in one service: make one of them`)
  return { subscription, handle: handleOf(handler) }
}

function handleOf(handler: MessageHandler): Handle {
  return async (input, context) => {
    const result: unknown = await handler(input, context)
    const returned: unknown = isObservable(result) ? await lastValueFrom(result, { defaultValue: undefined }) : result
    return (returned ?? []) as readonly Outgoing[]
  }
}
