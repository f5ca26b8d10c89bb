import { setTimeout as delay } from 'node:timers/promises'

/**
 * Waits until a condition holds and gives what it gave: a test's only way to wait.
 *
 * @param condition throws, or gives undefined or false, as long as it does not hold.
 */
export async function eventually<T>(
  condition: () => T | Promise<T>,
  { timeoutMs = 20_000, intervalMs = 50 } = {},
): Promise<Exclude<T, false | undefined>> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    let failure: unknown
    try {
      const value = await condition()
      if (value !== undefined && value !== false) return value as Exclude<T, false | undefined>
      failure = new Error(`it gave ${String(value)}`)
    } catch (error) {
      failure = error
    }
    if (Date.now() > deadline) throw new Error(`The condition did not hold within ${timeoutMs} ms`, { cause: failure })
    await delay(intervalMs)
  }
}
