import { fileURLToPath } from 'node:url'
import { type ServiceProcess, startServiceProcess } from '@swipestream/messaging/testing'

export type { ServiceProcess }

/** A machine that starts other servers as well takes its time. */
const startingMs = 240_000

const programs = { extract: 'extract-main.js', load: 'load-main.js', transform: 'main.js' } as const

/** etl-loader's transform as it runs in production. @throws as `startServiceProcess` */
export function startProcess(env: Readonly<Record<string, string>>, awaited?: 'ready' | 'listens'): Promise<ServiceProcess> {
  return startRole('transform', env, awaited)
}

/** A role of etl-loader as it runs in production. @throws as `startServiceProcess` */
export function startRole(role: keyof typeof programs, env: Readonly<Record<string, string>>, awaited?: 'ready' | 'listens'): Promise<ServiceProcess> {
  return startServiceProcess(fileURLToPath(new URL(`../dist/${programs[role]}`, import.meta.url)), { ...process.env, ...env }, { awaited, timeoutMs: startingMs })
}
