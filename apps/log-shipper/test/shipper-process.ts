import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { eventually } from '@swipestream/messaging/testing'

const program = (name: string) => fileURLToPath(new URL(`../dist/${name}.js`, import.meta.url))

/** The service as it runs in production: a process of its own. */
export interface ShipperProcess {
  readonly url: string
  /** Ends it as a crash of the machine would. */
  kill(): Promise<void>
  /** Ends it in order. Resolves to its exit code. */
  stop(): Promise<number | null>
  hangUp(): void
  /** Sum over the labels of a metric that a text is in, such as `log_ship_troubles_total{reason="fifo"`. */
  metric(text: string): Promise<number>
}

/** Starts the built service. @throws Error with what it has logged, when it ends instead */
export async function startShipper(env: Readonly<Record<string, string>>, awaited: 'ready' | 'listens' = 'ready'): Promise<ShipperProcess> {
  const { child, lines } = spawned('ship-main', [], env)
  const exited = once(child, 'close')
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal)
    await exited
    return child.exitCode
  }
  const ready = eventually(async () => {
    const url = lines.map((line) => /"url":"([^"]+)"/.exec(line)?.[1]).find((found) => found !== undefined)
    if (url === undefined) throw new Error(`it does not listen yet:\n${lines.join('\n')}`)
    if (awaited === 'listens') return url
    const response = await fetch(new URL('/health/ready', url))
    if (!response.ok) throw new Error(`it is not ready: ${await response.text()}\n${lines.join('\n')}`)
    return url
  }, { timeoutMs: 60_000 })
  try {
    const url = await Promise.race([ready, exited.then(() => undefined)])
    if (url === undefined) throw new Error(`the service ended with exit code ${child.exitCode}:\n${lines.join('\n')}`)
    return {
      url,
      kill: async () => void (await end('SIGKILL')),
      stop: () => end('SIGTERM'),
      hangUp: () => void child.kill('SIGHUP'),
      async metric(text) {
        const page = await (await fetch(new URL('/metrics', url))).text()
        const found = page.split('\n').filter((line) => line.startsWith(text))
        return found.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
      },
    }
  } catch (error) {
    // Nobody waits for it any more.
    ready.catch(() => undefined)
    await end('SIGKILL')
    throw error
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
  const { child, lines, errors } = spawned('cli/logs', args, env)
  await once(child, 'close')
  const last = lines.at(-1)
  return { exitCode: child.exitCode, json: last?.startsWith('{') ? JSON.parse(last) : {}, errors: errors.join('\n') }
}

function spawned(name: string, args: readonly string[], env: Readonly<Record<string, string>>): { child: ChildProcess; lines: string[]; errors: string[] } {
  if (!existsSync(program(name))) throw new Error(`${program(name)} is not there: build the workspace first (npm run build)`)
  const child = spawn(process.execPath, [program(name), ...args], { env: { ...process.env, ...env, HTTP_PORT: '0' }, stdio: ['ignore', 'pipe', 'pipe'] })
  const lines: string[] = []
  const errors: string[] = []
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line))
  createInterface({ input: child.stderr }).on('line', (line) => errors.push(line))
  return { child, lines, errors }
}
