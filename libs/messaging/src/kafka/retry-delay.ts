import { setTimeout as delay } from 'node:timers/promises'
import { backoff } from '../consumer/recovery.js'

const policy = { firstDelayMs: 50, maxDelayMs: 2_000 }

/** Waits before a client tries its cluster again. Returns at once when the signal is aborted. */
export async function retryDelay(attempt: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(backoff(attempt, policy, Math.random()), undefined, { signal })
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
