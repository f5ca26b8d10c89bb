import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort, type Stack } from '@swipestream/stack'
import { Service } from './service.js'

const program = (file: string): string => fileURLToPath(new URL(`../../../apps/log-shipper/dist/${file}`, import.meta.url))

/** The third pipeline: what transactions-api logs of its requests is shipped, and watched for failures. */
export interface Logs {
  readonly services: Readonly<Record<'ship' | 'detect', Service>>
}

export interface LogsOptions {
  readonly stack: Stack
  /** What all services read. */
  readonly env: Readonly<Record<string, string>>
  readonly as: (user: string) => Readonly<Record<string, string>>
  /** Where transactions-api writes its access log: its ACCESS_LOG_DIR. */
  readonly accessLogs: string
}

const users = { ship: 'log-shipper', detect: 'log-detector' } as const

/** Makes the services; none is started yet. */
export async function logsOf({ stack, env, as, accessLogs }: LogsOptions): Promise<Logs> {
  const service = async (role: 'ship' | 'detect', own: Readonly<Record<string, string>>): Promise<Service> => {
    const port = await freePort()
    return new Service(`log-${role}`, program(`${role}-main.js`), stack, { ...env, ...as(users[role]), ...own, HTTP_PORT: String(port) }, port)
  }
  return {
    services: {
      ship: await service('ship', {
        LOG_PATHS: join(accessLogs, 'transactions-api.access.json'), LOG_FORMAT: 'json', LOG_SERVICE: 'transactions-api', LOG_STATE_DIR: join(stack.dir, 'log-ship'),
      }),
      detect: await service('detect', {}),
    },
  }
}
