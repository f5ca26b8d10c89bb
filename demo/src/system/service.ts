import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { GuardedProcess, Stack } from '@swipestream/stack'

export const serviceNames = ['transactions-api', 'fraud-service', 'notifier'] as const
export type ServiceName = (typeof serviceNames)[number]

const root = new URL('../../../', import.meta.url)

/** How long a service may take until it is ready, in milliseconds. */
const patienceMs = 60_000

/** Where a service's program is. */
export function mainOf(name: ServiceName): string {
  return fileURLToPath(new URL(`apps/${name}/dist/main.js`, root))
}

/** One of the services, as a process of its own. */
export class Service {
  readonly url: string
  readonly log: string
  #process: GuardedProcess | null = null

  /** @param program its file, such as `…/apps/notifier/dist/main.js` */
  constructor(
    readonly name: string,
    private readonly program: string,
    private readonly stack: Stack,
    private readonly env: Readonly<Record<string, string>>,
    port: number,
  ) {
    this.url = `http://127.0.0.1:${port}`
    this.log = `${stack.dir}/${name}.log`
  }

  /** Starts the process; `ready` says when it does its work. */
  async start(): Promise<void> {
    this.#process = await this.stack.spawnGuarded(process.execPath, ['--enable-source-maps', this.program], { log: this.log, env: this.env })
  }

  /** @throws Error with the last lines of the log when the process ends, or is not ready in time */
  async ready(): Promise<void> {
    const deadline = Date.now() + patienceMs
    for (let detail = 'it did not listen'; ; await delay(50)) {
      if (!this.#process?.running) throw new Error(`${this.name} ended before it was ready:\n${await this.lastLines()}`)
      try {
        const response = await fetch(`${this.url}/health/ready`, { signal: AbortSignal.timeout(2_000) })
        if (response.ok) return
        detail = await response.text()
      } catch (error) {
        detail = error instanceof Error ? error.message : String(error)
      }
      if (Date.now() > deadline) throw new Error(`${this.name} was not ready after ${patienceMs / 1_000} s (${detail}):\n${await this.lastLines()}`)
    }
  }

  /** Ends the process at once, in the middle of what it does. */
  async kill(): Promise<void> {
    this.#process?.kill('SIGKILL')
    await this.#process?.exited
  }

  /** Ends the process in order. */
  async stop(): Promise<void> {
    await this.#process?.stop(35_000)
  }

  private async lastLines(): Promise<string> {
    const text = await readFile(this.log, 'utf8').catch(() => '(no log)')
    return text.trimEnd().split('\n').slice(-10).join('\n')
  }
}
