import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { openSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { eventually } from '@swipestream/messaging/testing'

const main = fileURLToPath(new URL('../../../apps/transactions-api/dist/main.js', import.meta.url))

export interface ApiProcess {
  readonly pid: number
  readonly port: number
  stop(): Promise<void>
}

/** What the instances of one service have in common. */
export function apiSecrets(): { readonly apiKey: string; readonly env: Readonly<Record<'CARD_TOKEN_KEYS' | 'API_KEYS', string>> } {
  const apiKey = randomBytes(24).toString('hex')
  const hash = createHash('sha256').update(apiKey).digest('hex')
  return {
    apiKey,
    env: { CARD_TOKEN_KEYS: `1:${randomBytes(32).toString('base64')}`, API_KEYS: `bench:${hash}:transactions:write+transactions:read` },
  }
}

/**
 * transactions-api as a process of its own, as it is run in production; ready when this resolves.
 *
 * @param logFile where its log goes: a log line a request is a part of its work.
 */
export async function startApi(env: Readonly<Record<string, string>>, logFile: string, nodeArguments: readonly string[] = []): Promise<ApiProcess> {
  const log = openSync(logFile, 'w')
  const child = spawn(process.execPath, [...nodeArguments, main], {
    stdio: ['ignore', log, log],
    env: { HTTP_HOST: '127.0.0.1', HTTP_PORT: '0', ...env },
  })
  const exited = once(child, 'exit')
  const url = await eventually(
    async () => {
      const [, found] = /"msg":"transactions-api listens at ([^"]+)"/.exec(readFileSync(logFile, 'utf8')) ?? []
      return found !== undefined && (await fetch(`${found}/health/ready`)).ok && found
    },
    { timeoutMs: 30_000 },
  )
  return {
    pid: child.pid as number,
    port: Number(new URL(url).port),
    async stop() {
      child.kill('SIGTERM')
      await exited
    },
  }
}
