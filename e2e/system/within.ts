import { setTimeout as delay } from 'node:timers/promises'

const lookMs = 250

/** What no waiting mends. */
export class Wrong extends Error {}

/** Asks until there is an answer. An error counts as none, for servers are restarted meanwhile. @throws Wrong at once */
export async function within<T>(ms: number, what: string, ask: () => Promise<T | undefined>): Promise<T> {
  let reason: unknown
  for (const deadline = Date.now() + ms; Date.now() < deadline; await delay(lookMs)) {
    try {
      const answer = await ask()
      if (answer !== undefined) return answer
      reason = undefined
    } catch (error) {
      if (error instanceof Wrong) throw error
      reason = error
    }
  }
  throw new Error(`not within ${ms / 1_000} s: ${what}`, { cause: reason })
}
