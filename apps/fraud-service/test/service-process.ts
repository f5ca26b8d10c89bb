import { fileURLToPath } from 'node:url'
import { type ServiceProcess, startServiceProcess } from '@swipestream/messaging/testing'

export type { ServiceProcess }

/** fraud-service as it runs in production. @throws as `startServiceProcess` */
export function startProcess(env: Readonly<Record<string, string>>, awaited?: 'ready' | 'listens'): Promise<ServiceProcess> {
  return startServiceProcess(fileURLToPath(new URL('../dist/main.js', import.meta.url)), { ...process.env, ...env }, { awaited })
}
