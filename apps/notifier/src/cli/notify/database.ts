import { CodedError, loadConfig, toError } from '@swipestream/platform'
import { DataSource } from 'typeorm'
import { configSchema } from '../../config.js'

const databaseConfig = configSchema.pick({ DATABASE_URL: true })

/** How long the database may take to be connected, in milliseconds. */
const connectMs = 5_000

/**
 * Works on the service's database, which need not run itself.
 *
 * @throws CodedError CONFIG_INVALID, DATABASE_UNAVAILABLE; and what the work throws
 */
export async function withDatabase<T>(env: NodeJS.ProcessEnv, work: (database: DataSource) => Promise<T>): Promise<T> {
  const { DATABASE_URL: url } = loadConfig(databaseConfig, env)
  const database = new DataSource({ type: 'postgres', url, poolSize: 2, applicationName: 'notify', connectTimeoutMS: connectMs, logging: false })
  try {
    await database.initialize()
  } catch (cause) {
    const reason = toError(cause).message || String(Object(cause).code)
    throw new CodedError('DATABASE_UNAVAILABLE', 'transient', `DATABASE_URL: PostgreSQL at ${new URL(url).host} does not let us in: ${reason}`, { cause })
  }
  try {
    return await work(database)
  } finally {
    await database.destroy()
  }
}
