import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { eventually } from './eventually.js'

/** A service as it runs in production, for tests: a process of its own. */
export interface ServiceProcess {
  readonly url: string
  /** Ends it as a crash of the machine would. */
  kill(): Promise<void>
  /** Ends it in order. Resolves to its exit code. */
  stop(): Promise<number | null>
  signal(name: NodeJS.Signals): void
}

/**
 * Starts a built service and waits until it is ready.
 *
 * @param main its program, `…/dist/main.js`
 * @param env all of its environment
 * @param options.awaited `listens`: not until it is ready, for those that lack something
 * @throws Error with what it has logged, when it ends instead
 */
export async function startServiceProcess(
  main: string,
  env: NodeJS.ProcessEnv,
  { awaited = 'ready', timeoutMs }: { readonly awaited?: 'ready' | 'listens' | undefined; readonly timeoutMs?: number } = {},
): Promise<ServiceProcess> {
  if (!existsSync(main)) throw new Error(`${main} is not there: build the workspace first (npm run build)`)
  const child = spawn(process.execPath, [main], { env: { ...env, HTTP_PORT: '0' }, stdio: ['ignore', 'pipe', 'pipe'] })
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', (line) => lines.push(line))
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
  }, timeoutMs === undefined ? {} : { timeoutMs })
  try {
    const url = await Promise.race([ready, exited.then(() => undefined)])
    if (url === undefined) throw new Error(`the service ended with exit code ${child.exitCode}:\n${lines.join('\n')}`)
    return { url, kill: async () => void (await end('SIGKILL')), stop: () => end('SIGTERM'), signal: (name) => void child.kill(name) }
  } catch (error) {
    // Nobody waits for it any more.
    ready.catch(() => undefined)
    await end('SIGKILL')
    throw error
  }
}
