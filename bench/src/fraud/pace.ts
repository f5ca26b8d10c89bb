import { setTimeout as delay } from 'node:timers/promises'

const tickMs = 2

/**
 * Calls `send` with how many are due, as their time comes, however long anything takes; gives how many a second it was.
 *
 * @param enough ends it before its time
 */
export async function pace(perSecond: number, seconds: number, send: (count: number) => void, enough?: AbortSignal): Promise<number> {
  const begun = performance.now()
  let sent = 0
  for (;;) {
    const passed = (performance.now() - begun) / 1_000
    const due = Math.floor(Math.min(passed, seconds) * perSecond) - sent
    if (due > 0) send(due)
    sent += due
    if (passed >= seconds || enough?.aborted) return sent / passed
    await delay(tickMs)
  }
}
