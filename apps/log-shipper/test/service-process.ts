import { eventually } from '@swipestream/messaging/testing'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A service of this app as it runs in production: a process of its own. */
export interface ServiceProcess {
  /** Whether it is ready, and what it says of that. */
  health(): Promise<{ readonly ready: boolean; readonly text: string }>
  /** Ends it as a crash of the machine would. */
  kill(): Promise<void>
  /** Ends it in order. */
  stop(): Promise<void>
}

/** Starts a built service, such as `index-main`, and waits until it listens. */
export async function startProcess(name: string, env: Readonly<Record<string, string>>): Promise<ServiceProcess> {
  const main = fileURLToPath(new URL(`../dist/${name}.js`, import.meta.url))
  if (!existsSync(main)) throw new Error(`${main} is not there: build the workspace first (npm run build)`)
  const child = spawn(process.execPath, [main], { env: { ...process.env, ...env, HTTP_PORT: '0' }, stdio: ['ignore', 'pipe', 'pipe'] })
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', (line) => lines.push(line))
  const exited = once(child, 'close')
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal)
    await exited
  }
  const url = await eventually(() => {
    if (child.exitCode !== null) throw new Error(`${name} ended with exit code ${child.exitCode}:\n${lines.join('\n')}`)
    return lines.map((line) => /"url":"([^"]+)"/.exec(line)?.[1]).find((found) => found !== undefined)
  })
  return {
    async health() {
      const response = await fetch(new URL('/health/ready', url))
      return { ready: response.ok, text: await response.text() }
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  }
}
