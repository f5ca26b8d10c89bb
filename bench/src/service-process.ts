import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { openSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { eventually } from '@swipestream/messaging/testing'

export type ServiceName = 'transactions-api' | 'fraud-service'

export interface ServiceProcess {
  readonly pid: number
  readonly port: number
  /** When it was started, milliseconds since the Unix epoch. */
  readonly startedAt: number
  /** What it has logged. */
  readonly logFile: string
  /** Ends it in order. @throws Error when it had ended by itself */
  stop(): Promise<void>
}

/** What the instances of one API have in common. */
export function apiSecrets(): { readonly apiKey: string; readonly env: Readonly<Record<'CARD_TOKEN_KEYS' | 'API_KEYS', string>> } {
  const apiKey = randomBytes(24).toString('hex')
  const hash = createHash('sha256').update(apiKey).digest('hex')
  return {
    apiKey,
    env: { CARD_TOKEN_KEYS: `1:${randomBytes(32).toString('base64')}`, API_KEYS: `bench:${hash}:transactions:write+transactions:read` },
  }
}

/**
 * A service as a process of its own, as it is run in production; ready when this resolves.
 *
 * @param logFile where its log goes: a log line a request is a part of an API's work
 * @throws Error with the end of its log, when it ends instead or is not ready in time
 */
export async function startService(name: ServiceName, env: Readonly<Record<string, string>>, logFile: string, nodeArguments: readonly string[] = []): Promise<ServiceProcess> {
  const log = openSync(logFile, 'w')
  const startedAt = Date.now()
  const child = spawn(process.execPath, [...nodeArguments, fileURLToPath(new URL(`../../apps/${name}/dist/main.js`, import.meta.url))], {
    stdio: ['ignore', log, log],
    env: { HTTP_HOST: '127.0.0.1', HTTP_PORT: '0', ...env },
  })
  const exited = once(child, 'exit')
  const ended = (): boolean => child.exitCode !== null || child.signalCode !== null
  const failure = (what: string): Error => new Error(`${name} ${what}:\n${readFileSync(logFile, 'utf8').slice(-4_000)}`)
  // Not longer than this process, however that ends.
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  const { port } = await eventually(
    async () => {
      if (ended()) return { port: 0 }
      const [, found] = new RegExp(`"msg":"${name} listens at ([^"]+)"`).exec(readFileSync(logFile, 'utf8')) ?? []
      return found !== undefined && (await fetch(`${found}/health/ready`)).ok && { port: Number(new URL(found).port) }
    },
    { timeoutMs: 60_000 },
  ).catch((cause: unknown) => {
    kill()
    throw Object.assign(failure('is not ready'), { cause })
  })
  if (ended()) throw failure('ended')
  return {
    pid: child.pid as number,
    port,
    startedAt,
    logFile,
    async stop() {
      process.off('exit', kill)
      const late = ended()
      child.kill('SIGTERM')
      await exited
      if (late) throw failure('ended by itself')
    },
  }
}
