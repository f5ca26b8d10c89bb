import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type ServiceProcess, startServiceProcess } from '@swipestream/messaging/testing'

const program = (name: string) => fileURLToPath(new URL(`../dist/${name}.js`, import.meta.url))

/** The shipper as it runs in production: a process of its own. */
export interface ShipperProcess extends ServiceProcess {
  /** Sum over the labels of a metric that a text is in, such as `log_ship_troubles_total{reason="fifo"`. */
  metric(text: string): Promise<number>
}

/** Starts the built service. @throws as `startServiceProcess` */
export async function startShipper(env: Readonly<Record<string, string>>, awaited: 'ready' | 'listens' = 'ready'): Promise<ShipperProcess> {
  const service = await startServiceProcess(program('ship-main'), { ...process.env, ...env }, { awaited, timeoutMs: 60_000 })
  return {
    ...service,
    async metric(text) {
      const page = await (await fetch(new URL('/metrics', service.url))).text()
      const found = page.split('\n').filter((line) => line.startsWith(text))
      return found.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
    },
  }
}

export interface Ran {
  readonly exitCode: number | null
  /** The last line of the standard output, parsed. */
  readonly json: Record<string, unknown>
  readonly errors: string
}

/** Runs a logs command to its end. */
export async function runLogs(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ran> {
  const logs = program('cli/logs')
  if (!existsSync(logs)) throw new Error(`${logs} is not there: build the workspace first (npm run build)`)
  const child = spawn(process.execPath, [logs, ...args], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const lines: string[] = []
  const errors: string[] = []
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line))
  createInterface({ input: child.stderr }).on('line', (line) => errors.push(line))
  await once(child, 'close')
  const last = lines.at(-1)
  return { exitCode: child.exitCode, json: last?.startsWith('{') ? JSON.parse(last) : {}, errors: errors.join('\n') }
}
