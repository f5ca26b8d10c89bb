import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { eventually } from '@swipestream/messaging/testing'

export type ServiceName = 'transactions-api' | 'fraud-service' | 'notifier'

/** A service as a process of its own, as it is run in production; perhaps not ready yet. */
export interface StartedService {
  readonly pid: number
  /** When it was started, milliseconds since the Unix epoch. */
  readonly startedAt: number
  /** What it has logged. */
  readonly logFile: string
  /** @throws Error with the end of its log, when it has ended */
  check(): void
  /** Waits until it is ready; gives its port. @throws Error with the end of its log, when it ends instead or is not ready in time */
  ready(): Promise<number>
  /** Ends it in the middle of what it does. @throws Error when it had ended by itself */
  kill(): Promise<void>
  /** Ends it in order; once it is ending, waits for that. @throws Error when it had ended by itself */
  stop(): Promise<void>
}

export interface ServiceProcess extends StartedService {
  readonly port: number
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
 * Starts a service, and does not wait until it is ready.
 *
 * @param logFile where its log goes: a log line a request is a part of an API's work
 */
export function beginService(name: ServiceName, env: Readonly<Record<string, string>>, logFile: string, nodeArguments: readonly string[] = []): StartedService {
  const log = openSync(logFile, 'w')
  const startedAt = Date.now()
  const child = spawn(process.execPath, [...nodeArguments, fileURLToPath(new URL(`../../apps/${name}/dist/main.js`, import.meta.url))], {
    stdio: ['ignore', log, log],
    env: { HTTP_HOST: '127.0.0.1', HTTP_PORT: '0', ...env },
  })
  closeSync(log)
  const exited = once(child, 'exit')
  const ended = (): boolean => child.exitCode !== null || child.signalCode !== null
  const failure = (what: string): Error => new Error(`${name} ${what}:\n${readFileSync(logFile, 'utf8').slice(-4_000)}`)
  // Not longer than this process, however that ends.
  const killNow = (): void => void child.kill('SIGKILL')
  process.once('exit', killNow)
  let ending: Promise<void> | undefined
  const endBy = (signal: NodeJS.Signals): Promise<void> => (ending ??= end(signal))
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    process.off('exit', killNow)
    const late = ended()
    child.kill(signal)
    await exited
    if (late) throw failure('ended by itself')
  }
  return {
    pid: child.pid as number,
    startedAt,
    logFile,
    check() {
      if (ended()) throw failure('ended by itself')
    },
    async ready() {
      const { port } = await eventually(
        async () => {
          if (ended()) return { port: 0 }
          const [, found] = new RegExp(`"msg":"${name} listens at ([^"]+)"`).exec(readFileSync(logFile, 'utf8')) ?? []
          return found !== undefined && (await fetch(`${found}/health/ready`)).ok && { port: Number(new URL(found).port) }
        },
        { timeoutMs: 60_000 },
      ).catch((cause: unknown) => {
        killNow()
        throw Object.assign(failure('is not ready'), { cause })
      })
      if (ended()) throw failure('ended')
      return port
    },
    kill: () => endBy('SIGKILL'),
    stop: () => endBy('SIGTERM'),
  }
}

/** Starts a service; it is ready when this resolves. @throws Error with the end of its log, when it ends instead or is not ready in time */
export async function startService(...start: Parameters<typeof beginService>): Promise<ServiceProcess> {
  const service = beginService(...start)
  return { ...service, port: await service.ready() }
}
