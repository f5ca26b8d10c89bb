import { applyDecorators, Catch, UseFilters, type RpcExceptionFilter } from '@nestjs/common'
import { Ctx, EventPattern, Payload } from '@nestjs/microservices'
import type { Cleanup, Topic } from '@swipestream/contracts'
import { type Observable, throwError } from 'rxjs'
import type { BatchContext, Produced, Received, StateTopics, ValueOf } from '../received.js'

export interface BatchOptions<S extends StateTopics, T extends StateTopics = Record<never, never>> {
  /** Up to so many records of one partition at a time. */
  readonly batch: number
  /**
   * So long, in milliseconds, a batch that is not full waits for more records after its first: for handlers that nothing
   * waits for, and whose batches cost more than their records, as a Kafka transaction does. Without it, none waits.
   */
  readonly gatherMs?: number
  /** Compacted topics, partitioned as the topic consumed, that hold what the handler remembers by key. */
  readonly state?: S
  /** A key of the state that is not written for so long is removed, in milliseconds by the brokers' clocks; without it, none is. */
  readonly stateTtlMs?: number
  /**
   * Compacted topics, partitioned as the topic consumed, that others write and the handler looks up by key. They are
   * read to their end before the first record of a partition is handled, and followed from then on.
   */
  readonly tables?: T
  /**
   * Events, state and the offset are written in one Kafka transaction: readers of committed records see what came of
   * each record once. For handlers whose effects are all in Kafka; false: at least once.
   */
  readonly exactlyOnce?: boolean
}

/** What the decorator leaves for the transport strategy, in Nest's `extras`. */
export interface Subscription {
  // oxlint-disable-next-line typescript/no-explicit-any -- the strategy treats handlers of every value type alike
  readonly topic: Topic<any>
  /** 0: one record at a time. */
  readonly batch: number
  readonly gatherMs?: number | undefined
  readonly state: StateTopics
  readonly stateTtlMs?: number | undefined
  readonly tables: StateTopics
  readonly exactlyOnce: boolean
}

type Single<T, C extends Cleanup> = (message: Received<ValueOf<T, C>>, context: BatchContext) => Produced
type Batch<T, C extends Cleanup, S extends StateTopics, L extends StateTopics> = (messages: Received<ValueOf<T, C>>[], context: BatchContext<S, L>) => Produced
type Handles<H> = <M extends H>(target: object, name: string | symbol, descriptor: TypedPropertyDescriptor<M>) => void

/**
 * Makes a controller's method the handler of a topic. The method returns the events to publish; they are published
 * before the record counts as handled, or with that (`exactlyOnce`). It may see a record again, and must then do no harm.
 *
 * Errors say by their `kind` what becomes of the record (see `decideRecovery`).
 */
export function Consume<T, C extends Cleanup>(topic: Topic<T, C>): Handles<Single<T, C>>
export function Consume<T, C extends Cleanup, S extends StateTopics = Record<never, never>, L extends StateTopics = Record<never, never>>(
  topic: Topic<T, C>,
  options: BatchOptions<S, L>,
): Handles<Batch<T, C, S, L>>
// oxlint-disable-next-line typescript/no-explicit-any -- the overloads above are what callers see
export function Consume<T, C extends Cleanup, S extends StateTopics, L extends StateTopics>(topic: Topic<T, C>, options?: BatchOptions<S, L>): Handles<any> {
  const { batch = 0, gatherMs, state = {}, stateTtlMs, tables = {}, exactlyOnce = false } = options ?? {}
  const subscription: Subscription = { topic, batch, gatherMs, state, stateTtlMs, tables, exactlyOnce }
  return applyDecorators(
    EventPattern<string>(topic.name, { subscription }),
    UseFilters(new PassErrors()),
    (target: object, name?: string | symbol) => {
      Payload()(target, name, 0)
      Ctx()(target, name, 1)
    },
  ) as Handles<unknown>
}

/** Nest would turn a handler's error into a reply "Internal server error"; the pipeline needs the error itself. */
@Catch()
class PassErrors implements RpcExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error)
  }
}
