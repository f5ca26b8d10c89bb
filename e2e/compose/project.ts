import { execFile } from 'node:child_process'
import { createServer } from 'node:net'
import { delimiter } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const execute = promisify(execFile)
const root = fileURLToPath(new URL('../../', import.meta.url))

/** A container of a project, as `docker compose ps` tells of it. */
export interface Container {
  readonly Service: string
  readonly Name: string
  /** `running`, `exited`, `restarting`, … */
  readonly State: string
  /** `healthy`, `unhealthy`, `starting`; '' without a health check. */
  readonly Health: string
  readonly ExitCode: number
}

export function isHealthy({ State, Health }: Container): boolean {
  return State === 'running' && Health === 'healthy'
}

/** Why docker compose cannot be used here, or undefined. */
export async function composeProblem(): Promise<string | undefined> {
  try {
    await execute('docker', ['info', '--format', '{{.ServerVersion}}'])
  } catch {
    return 'no Docker engine answers (docker info)'
  }
  try {
    await execute('docker', ['compose', 'version'])
  } catch {
    return 'this Docker has no compose (docker compose version)'
  }
  return undefined
}

/** docker-compose.yml, with the pipeline of logs, as a project of its own: beside one that is up already, on free ports. */
export class ComposeProject {
  private constructor(
    readonly name: string,
    /** By which `docker compose`, and the commands of a page, find this project. */
    readonly env: NodeJS.ProcessEnv,
    readonly urls: { readonly api: string; readonly rules: string; readonly notifier: string; readonly mailbox: string; readonly sms: string },
  ) {}

  /** @param files of it, in their order; those that docker compose takes by itself, when left out */
  static async create(...files: readonly string[]): Promise<ComposeProject> {
    const [api, rules, notifier, mailbox, sms] = await Promise.all([freePort(), freePort(), freePort(), freePort(), freePort()])
    const ports = { API_PORT: String(api), RULES_PORT: String(rules), NOTIFIER_PORT: String(notifier), MAILBOX_PORT: String(mailbox), SMS_PORT: String(sms) }
    const name = `swipestream-test-${process.pid}`
    // Not with the .env of whoever runs the test.
    const own = { COMPOSE_PROJECT_NAME: name, COMPOSE_DISABLE_ENV_FILE: '1', COMPOSE_PROFILES: 'logs', ...(files.length > 0 && { COMPOSE_FILE: files.join(delimiter) }) }
    // One card is swiped again and again: each time its holder is to hear of it at once.
    const env: NodeJS.ProcessEnv = { ...process.env, ...own, ...ports, DIGEST_AFTER: '1000' }
    // A person's own accounts are not written to.
    for (const variable of ['SMTP_URL', 'MAIL_FROM', 'TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'TWILIO_FROM', 'TWILIO_API_URL']) delete env[variable]
    const url = (port: number): string => `http://127.0.0.1:${port}`
    return new ComposeProject(name, env, { api: url(api), rules: url(rules), notifier: url(notifier), mailbox: url(mailbox), sms: url(sms) })
  }

  /**
   * `docker compose up --wait`, of some services or all.
   *
   * @throws Error which says of each container how it is, and what it said last
   */
  async up(...services: readonly string[]): Promise<void> {
    try {
      await this.compose('up', '--detach', '--wait', '--wait-timeout', '600', ...services)
    } catch (cause) {
      throw new Error(`${await this.compose('ps', '--all')}\n${await this.compose('logs', '--no-color', '--tail', '20')}`, { cause })
    }
  }

  /** Standard output of `docker compose …`. @throws Error with what it wrote when it fails */
  async compose(...args: string[]): Promise<string> {
    return this.docker('compose', '--progress', 'plain', ...args)
  }

  async docker(...args: string[]): Promise<string> {
    const { stdout } = await execute('docker', args, { cwd: root, env: this.env, maxBuffer: 64 * 1024 * 1024 })
    return stdout.trim()
  }

  /** Every container, also those that have ended. */
  async containers(): Promise<Container[]> {
    return linesOf(await this.compose('ps', '--all', '--format', 'json')).map((line) => JSON.parse(line) as Container)
  }

  /** What is left of the project: containers, volumes, networks. */
  async remains(): Promise<string[]> {
    const label = `label=com.docker.compose.project=${this.name}`
    const found = await Promise.all([
      this.docker('ps', '--all', '--quiet', '--filter', label),
      this.docker('volume', 'ls', '--quiet', '--filter', label),
      this.docker('network', 'ls', '--quiet', '--filter', label),
    ])
    return found.flatMap(linesOf)
  }
}

/** The lines that are not empty. */
export function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '')
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => (typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port'))))
    })
  })
}
