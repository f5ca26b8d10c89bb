import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createMysqlDatabase, freePort, type Stack } from '@swipestream/stack'
import { Bank } from '../bank/bank.js'
import { Service } from './service.js'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const program = (file: string): string => join(root, 'apps/etl-loader/dist', file)

const tables = ['accounts', 'cards', 'customers', 'merchants']

/** What the warehouse says of the swipes, all days together. */
export interface WarehouseAnswer {
  readonly decisions: number
  readonly approved: number
  readonly reviewed: number
  readonly declined: number
}

/** The second pipeline: the bank's database, etl-loader's three services, and a warehouse of DuckDB. */
export interface Etl {
  readonly bank: Bank
  /** Nobody waits for the warehouse at the start: the loader is started by whoever wants it filled all the time. */
  readonly services: Readonly<Record<'extract' | 'transform' | 'load', Service>>
  /** The warehouse's file: it stays when the system has ended. */
  readonly warehouse: string
  /** What became of all swipes. */
  ask(): Promise<WarehouseAnswer>
  /** Ends the loader, where it runs, loads what is left, and asks questions of `etl answers`: one process at a time has DuckDB's file. Rows, by question. */
  answers(...questions: readonly string[]): Promise<Readonly<Record<string, unknown>>[][]>
}

export interface EtlOptions {
  readonly stack: Stack
  /** What all services read. */
  readonly env: Readonly<Record<string, string>>
  readonly as: (user: string) => Readonly<Record<string, string>>
  /** URL of the bank's server, as a superuser. */
  readonly mysqlUrl: string
  readonly database: string
}

/** Makes the bank and its services; none is started yet. */
export async function etlOf({ stack, env, as, mysqlUrl, database }: EtlOptions): Promise<Etl> {
  const bank = await Bank.open(await createMysqlDatabase(mysqlUrl, database))
  await bank.createTables()
  const warehouse = join(await warehouseFolder(), 'warehouse.duckdb')
  const own = {
    // Somebody looks on: what changes at the bank is to be seen at once.
    extract: { ETL_SOURCE_URL: bank.url, ETL_TABLES: tables.join(','), ETL_POLL_MS: '100', ETL_SWEEP_SECONDS: '5', ETL_TOPIC_PARTITIONS: '3' },
    transform: { ETL_SOURCE_DATABASE: database },
    load: {
      ETL_WAREHOUSE: warehouse, ETL_DUCKDB_MEMORY: '256MB', ETL_LOAD_TOPICS: ['business', ...tables.map((table) => `bank.${database}.${table}`)].join(','),
      // What it compares the tables with, while traffic goes on.
      ETL_SOURCE_URL: bank.url, ETL_TABLES: tables.join(','), ETL_RECONCILE_SECONDS: '60', ETL_RECONCILE_GRACE_SECONDS: '30',
    },
  }
  const service = async (role: keyof typeof own, file: string): Promise<Service> => {
    const port = await freePort()
    return new Service(`etl-${role}`, program(file), stack, { ...env, ...as(`etl-${role}`), ...own[role], HTTP_PORT: String(port) }, port)
  }
  const services = { extract: await service('extract', 'extract-main.js'), transform: await service('transform', 'main.js'), load: await service('load', 'load-main.js') }
  const command = async (...args: string[]): Promise<Record<string, unknown>> => {
    const log = join(stack.dir, `etl-${args[0]}-${Date.now()}.log`)
    const ran = await stack.spawnGuarded(process.execPath, [program('cli/etl.js'), ...args, '--json'], { log, env: { ...env, ...as('etl-load'), ...own.load } })
    const { code } = await ran.exited
    const text = await readFile(log, 'utf8')
    if (code !== 0) throw new Error(`etl ${args.join(' ')} ended with exit code ${code}:\n${text}`)
    return JSON.parse(text.split('\n').findLast((line) => line.startsWith('{')) ?? '') as Record<string, unknown>
  }
  const answers = async (...questions: readonly string[]) => {
    await services.load.stop()
    await command('load', '--once')
    const answered: Readonly<Record<string, unknown>>[][] = []
    for (const question of questions) answered.push(((await command('answers', question)) as { rows: Readonly<Record<string, unknown>>[] }).rows)
    return answered
  }
  return {
    bank,
    services,
    warehouse,
    answers,
    async ask() {
      const [days = []] = await answers('outcomes_by_day')
      const sum = (name: keyof WarehouseAnswer): number => days.reduce((total, day) => total + Number(day[name]), 0)
      return { decisions: sum('decisions'), approved: sum('approved'), reviewed: sum('reviewed'), declined: sum('declined') }
    },
  }
}

/** A folder of this process's own, beside those of other runs; what runs that are over have left there goes. */
async function warehouseFolder(): Promise<string> {
  const folder = join(root, '.stack/warehouses')
  await mkdir(folder, { recursive: true })
  for (const name of await readdir(folder)) if (!isRunning(Number(name))) await rm(join(folder, name), { recursive: true, force: true })
  const own = join(folder, String(process.pid))
  await mkdir(own, { recursive: true })
  return own
}

function isRunning(pid: number): boolean {
  try {
    return pid !== process.pid && process.kill(pid, 0)
  } catch {
    // There is none, or it is another user's, as a process of this folder's never is.
    return false
  }
}
