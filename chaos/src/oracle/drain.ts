import { setTimeout as sleep } from 'node:timers/promises'
import { inputs, outputs, partitions } from '../contracts.js'
import { topicLogs } from './committed-log.js'

const lookEveryMs = 2_000
/** Without one more output for so long, nothing more is waited for, in milliseconds: far longer than a rebalance or a restore. */
const patienceMs = 60_000

export interface Standing {
  readonly inputs: number
  readonly outputs: number
}

/** Records committed so far, as the broker's log says. */
export async function standing(data: string): Promise<Standing> {
  const [of, to] = await Promise.all([inputs, outputs].map(async ({ name }) => sumOf((await topicLogs(data, name, partitions)).map(({ count }) => count))))
  return { inputs: of ?? 0, outputs: to ?? 0 }
}

/** Waits until all that is owed came in and out, or nothing moves any more. @returns whether all came */
export async function drained(data: string, owed: () => Promise<number>, tell: (now: Standing & { owed: number }) => void): Promise<boolean> {
  let before = -1
  let movedAt = Date.now()
  for (;;) {
    const now = { ...(await standing(data)), owed: await owed() }
    tell(now)
    if (now.inputs >= now.owed && now.outputs >= now.inputs) return true
    if (now.inputs + now.outputs !== before) {
      before = now.inputs + now.outputs
      movedAt = Date.now()
    } else if (Date.now() - movedAt > patienceMs) return false
    await sleep(lookEveryMs)
  }
}

const sumOf = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0)
