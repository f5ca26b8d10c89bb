import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { keys } from './service.js'

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url))

/** The service in a process of its own, so that its memory can be limited and looked at. */
export interface ApiProcess {
  readonly url: string
  /** Resident memory now, in MB. */
  rssMb(): Promise<number>
  ready(): Promise<boolean>
  /** Rejects when the process has ended by itself. */
  stop(): Promise<void>
}

/** @param heapMb the most its heap may hold; beyond that it dies */
export async function startApiProcess(env: Readonly<Record<string, string>>, heapMb: number): Promise<ApiProcess> {
  const apiKeys = `till:${createHash('sha256').update(keys.till).digest('hex')}:transactions:write+transactions:read`
  const child: ChildProcess = spawn(process.execPath, [`--max-old-space-size=${heapMb}`, program], {
    env: { ...process.env, HTTP_PORT: '0', LOG_LEVEL: 'info', CARD_TOKEN_KEYS: `1:${Buffer.alloc(32, 7).toString('base64')}`, API_KEYS: apiKeys, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit').then(([code, signal]) => `${String(code)} ${String(signal)}`)
  const listening = Promise.withResolvers<string>()
  createInterface({ input: child.stdout! }).on('line', (line) => {
    const { url } = JSON.parse(line) as { url?: string }
    if (url) listening.resolve(url)
  })
  const url = await Promise.race([listening.promise, exited.then((how) => Promise.reject(new Error(`the service ended: ${how}`)))])
  return {
    url,
    async rssMb() {
      const metrics = await (await fetch(`${url}/metrics`)).text()
      return Math.round(Number(/^process_resident_memory_bytes (\S+)$/m.exec(metrics)?.[1]) / 1024 ** 2)
    },
    ready: async () => (await fetch(`${url}/health/ready`)).ok,
    async stop() {
      const running = child.exitCode === null && child.signalCode === null
      child.kill('SIGTERM')
      const how = await exited
      if (!running || how !== '0 null') throw new Error(`the service ended: ${how}`)
    },
  }
}
