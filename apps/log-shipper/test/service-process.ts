import { fileURLToPath } from 'node:url'
import { startServiceProcess } from '@swipestream/messaging/testing'

export interface ServiceProcess {
  /** Whether it is ready, and what it says of that. */
  health(): Promise<{ readonly ready: boolean; readonly text: string }>
  /** Ends it as a crash of the machine would. */
  kill(): Promise<void>
  /** Ends it in order. */
  stop(): Promise<number | null>
}

/** A service of this app as it runs in production, such as `index-main`, when it listens. @throws as `startServiceProcess` */
export async function startProcess(name: string, env: Readonly<Record<string, string>>): Promise<ServiceProcess> {
  const { url, kill, stop } = await startServiceProcess(fileURLToPath(new URL(`../dist/${name}.js`, import.meta.url)), { ...process.env, ...env }, { awaited: 'listens', timeoutMs: 60_000 })
  return {
    async health() {
      const response = await fetch(new URL('/health/ready', url))
      return { ready: response.ok, text: await response.text() }
    },
    kill,
    stop,
  }
}
