import { setTimeout as delay } from 'node:timers/promises'
import { tell } from '../child.js'

/** What a process says of its work, again and again. */
export interface Report {
  /** When it got its first record, milliseconds since the Unix epoch; null before. */
  readonly begun: number | null
  /** Records that are done. */
  readonly done: number
  /** When the last of them was seen to be done. */
  readonly doneAt: number
  /** Of all threads of the process since its first record, user and system, in microseconds. */
  readonly cpuUs: number
  /** The most memory it ever held, in MiB. */
  readonly rssMb: number
}

const everyMs = 10

/** Measures a process from its first record on, for whoever started it. */
export class Meter {
  #begun: { readonly at: number; readonly cpu: NodeJS.CpuUsage } | null = null
  #done = 0
  #doneAt = 0

  /** Called with every record or batch; the first call begins the measurement. */
  begin(): void {
    this.#begun ??= { at: now(), cpu: process.cpuUsage() }
  }

  /** Reports from now on, as long as there is somebody to report to. @param done gives how many records are done: looked at every 10 ms */
  async report(done: () => number | Promise<number>): Promise<void> {
    while (process.connected) {
      this.#report(await done())
      await delay(everyMs)
    }
  }

  #report(done: number): void {
    if (done > this.#done) [this.#done, this.#doneAt] = [done, now()]
    const { user, system } = process.cpuUsage(this.#begun?.cpu)
    tell({ begun: this.#begun?.at ?? null, done, doneAt: this.#doneAt, cpuUs: user + system, rssMb: process.resourceUsage().maxRSS / 1_024 } satisfies Report)
  }
}

/** One clock for all processes of the machine. */
export function now(): number {
  return performance.timeOrigin + performance.now()
}
