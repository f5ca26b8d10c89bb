import { setTimeout as delay } from 'node:timers/promises'
import { retryDelay } from '../retry-delay.js'
import { brokerSaid, brokerSaidOnly, isAnswer, messagingError } from './errors.js'

/** Longer than a broker's restart or a leader's election. */
export const patienceMs = 30_000
/** A person waits for the answer. Longer than the election of a controller. */
export const askPatienceMs = 10_000

/** Answers of a broker that is not the right one now, or not yet ready: what was asked for was not done, or is done once by asking again. */
const passing = new Set([
  'COORDINATOR_NOT_AVAILABLE', 'NOT_COORDINATOR', 'NOT_CONTROLLER', 'COORDINATOR_LOAD_IN_PROGRESS', 'TRANSACTION_COORDINATOR_FENCED', 'CONCURRENT_TRANSACTIONS',
  'NOT_LEADER_OR_FOLLOWER', 'LEADER_NOT_AVAILABLE', 'REPLICA_NOT_AVAILABLE', 'BROKER_NOT_AVAILABLE', 'FENCED_LEADER_EPOCH', 'UNKNOWN_LEADER_EPOCH',
  'NOT_ENOUGH_REPLICAS', 'NOT_ENOUGH_REPLICAS_AFTER_APPEND', 'REQUEST_TIMED_OUT', 'NETWORK_EXCEPTION', 'KAFKA_STORAGE_ERROR',
  // Beside another partition's error.
  'OPERATION_NOT_ATTEMPTED',
])

/** Whether the same request may go well a little later. */
export function mayPass(error: unknown): boolean {
  return isAnswer(error) ? brokerSaidOnly(error, passing) : messagingError(error, '').code === 'KAFKA_UNAVAILABLE'
}

/** How long a request is repeated: until a time of `performance.now()`, or the signal. */
export interface Patience {
  readonly until: number
  readonly signal: AbortSignal
}

export function patience(signal: AbortSignal, ms = patienceMs): Patience {
  return { until: performance.now() + ms, signal }
}

export function isOver({ until, signal }: Patience): boolean {
  return signal.aborted || performance.now() >= until
}

/**
 * Asks until there is an answer that stays. The client's own retries would repeat what is refused too: it takes a wrong
 * password for a connection that failed.
 *
 * @param also answers that, to this request, pass too
 * @throws what the last try threw
 */
export async function repeated<T>(request: () => Promise<T>, limits: Patience, also: readonly string[] = []): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await request()
    } catch (error) {
      if (isOver(limits) || !(mayPass(error) || brokerSaid(error, also))) throw error
      await pause(error, attempt, limits.signal)
    }
  }
}

/**
 * Over in milliseconds: the markers of the transaction before are being written; or a broker asks the transaction's
 * coordinator about records and offset at once, and gives up the first question for the second: it says the other two
 * then, which can mean more too.
 */
const momentary = ['CONCURRENT_TRANSACTIONS', 'NOT_ENOUGH_REPLICAS', 'COORDINATOR_LOAD_IN_PROGRESS']
const [moments, mostMs] = [30, 5]

export function isMomentary(error: unknown): boolean {
  return brokerSaid(error, momentary)
}

/** Waits before the next try. */
export async function pause(error: unknown, attempt: number, signal: AbortSignal): Promise<void> {
  if (attempt <= moments && isMomentary(error)) await delay(Math.min(attempt, mostMs))
  else await retryDelay(attempt, signal)
}
