import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort, type Stack } from '@swipestream/stack'
import { Service, serviceNames } from './service.js'

const program = (file: string): string => fileURLToPath(new URL(`../../../apps/log-shipper/dist/${file}`, import.meta.url))

/** The third pipeline: what the services log of their requests is shipped, watched for failures and, where there is Elasticsearch, indexed. */
export interface Logs {
  readonly services: Readonly<Record<'ship' | 'detect', Service>> & Readonly<Partial<Record<'index', Service>>>
}

export interface LogsOptions {
  readonly stack: Stack
  /** What all services read. */
  readonly env: Readonly<Record<string, string>>
  readonly as: (user: string) => Readonly<Record<string, string>>
  /** Where the services write their access logs: their ACCESS_LOG_DIR. */
  readonly accessLogs: string
  /** URL of Elasticsearch. */
  readonly elasticsearch: string | undefined
}

const users = { ship: 'log-shipper', detect: 'log-detector', index: 'log-indexer' } as const

/** Makes the services; none is started yet. */
export async function logsOf({ stack, env, as, accessLogs, elasticsearch }: LogsOptions): Promise<Logs> {
  const service = async (role: keyof typeof users, own: Readonly<Record<string, string>>): Promise<Service> => {
    const port = await freePort()
    return new Service(`log-${role}`, program(`${role}-main.js`), stack, { ...env, ...as(users[role]), ...own, HTTP_PORT: String(port) }, port)
  }
  const inputs = join(stack.dir, 'log-inputs.json')
  await writeFile(inputs, JSON.stringify({ inputs: serviceNames.map((name) => ({ service: name, paths: [join(accessLogs, `${name}.access.json`)], format: 'json' })) }))
  return {
    services: {
      ship: await service('ship', { LOG_CONFIG: inputs, LOG_STATE_DIR: join(stack.dir, 'log-ship') }),
      detect: await service('detect', {}),
      ...(elasticsearch !== undefined && { index: await service('index', { ELASTICSEARCH_URL: elasticsearch, LOG_INDEX_REPLICAS: '0' }) }),
    },
  }
}
