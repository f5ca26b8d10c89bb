import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../dist/outbox-relay.fixture.js', import.meta.url))

/** A relay in a process of its own, so that it can be killed and halted. */
export class RelayProcess {
  readonly exited: Promise<unknown>
  readonly #process: ChildProcess

  constructor(env: Readonly<Record<string, string>>, databaseUrl: string) {
    this.#process = spawn(process.execPath, [program], {
      env: { ...process.env, ...env, DATABASE_URL: databaseUrl, HTTP_PORT: '0', LOG_LEVEL: 'fatal' },
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    this.exited = once(this.#process, 'exit')
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    this.#process.kill(signal)
    await this.exited
  }
}
