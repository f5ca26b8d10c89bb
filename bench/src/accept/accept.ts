import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { eventually, testBackbone, testDatabase } from '@swipestream/messaging/testing'
import { Client } from 'pg'
import { median } from '../statistics.js'
import { apiSecrets, type ServiceProcess, startService } from '../service-process.js'
import { cpuMicrosOf, cpuMicrosOfFamily } from '../process-usage.js'
import { findPgbench, pgbench, type PgbenchScript } from './pgbench.js'
import type { LoadOptions, LoadResult } from './swipes-load.js'

const run = promisify(execFile)
const loadProgram = fileURLToPath(new URL('./swipes-load.js', import.meta.url))

/**
 * Until the compiler has done its work in each instance, the caches and the pool are warm: a swipe costs the API a third
 * less CPU after 100,000 of them than after 10,000. A service runs for days, and pgbench has nothing to compile.
 */
const warmUpSeconds = 30

export interface AcceptOptions {
  /** Requests that are open at a time, and as many connections of pgbench. */
  readonly connections: number
  /** Of each part of a round. */
  readonly seconds: number
  /** How often the two alternate. */
  readonly rounds: number
  /** Processes of the API: each has one thread for its requests, while pgbench has a process of PostgreSQL for each connection. */
  readonly instances: number
  /** Where to look for pgbench. */
  readonly path: string
  readonly report: (line: string) => void
  /** For the API's node, such as those of a profiler. */
  readonly nodeArguments?: readonly string[]
}

export interface AcceptRound {
  readonly swipesPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** CPU a swipe, in microseconds. */
  readonly cpu: { readonly api: number; readonly postgres: number; readonly load: number }
  /** null: there is no pgbench here. */
  readonly pgbench: Readonly<Record<PgbenchScript, Against>> | null
}

export interface Against {
  readonly transactionsPerSecond: number
  /** CPU of PostgreSQL a transaction, in microseconds. */
  readonly cpuPostgres: number
  /** Swipes over HTTP to one transaction of pgbench. */
  readonly ratio: number
}

export interface AcceptResult {
  readonly rounds: readonly AcceptRound[]
  readonly medianSwipesPerSecond: number
  readonly medianRatio: Readonly<Record<PgbenchScript, number>> | null
}

/**
 * Swipes accepted durably over HTTP, against the transactions of pgbench that write the same rows with as many
 * connections, on the same tables of the same server, in turns. After each turn the outbox is let run empty.
 *
 * @throws Error when an answer was not 202, or a swipe that was answered 202 is not in the table once
 */
export async function accept({ connections, seconds, rounds, instances, path, report, nodeArguments = [] }: AcceptOptions): Promise<AcceptResult> {
  const program = await findPgbench(path)
  if (program === undefined) report('pgbench is not there (Debian: apt-get install postgresql-contrib): no ratio, only the rate over HTTP')
  const backbone = await testBackbone()
  const database = await testDatabase()
  const directory = await mkdtemp(join(tmpdir(), 'swipestream-accept-'))
  const session = new Client({ connectionString: database.url })
  await session.connect()
  const secrets = apiSecrets()
  const apis: ServiceProcess[] = []
  try {
    for (let i = 0; i < instances; i++) {
      apis.push(await startService('transactions-api', { ...backbone.env, ...secrets.env, DATABASE_URL: database.url }, join(directory, `api-${i}.log`), nodeArguments))
    }
    const { rows: settings } = await session.query<{ durable: boolean }>(
      `SELECT current_setting('fsync') = 'on' AND current_setting('synchronous_commit') = 'on' AS durable`,
    )
    if (settings[0]?.durable !== true) throw new Error('fsync or synchronous_commit is off: nothing durable is measured')
    const postgres = await parentOf((session as unknown as { processID: number }).processID)
    const count = async (table: string) => {
      const { rows } = await session.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`)
      return rows[0]?.count ?? 0
    }
    const settled = () => eventually(async () => (await count('outbox')) === 0, { timeoutMs: 300_000, intervalMs: 200 })
    const apiCpu = async () => (await Promise.all(apis.map(({ pid }) => cpuMicrosOf(pid)))).reduce((sum, time) => sum + time, 0)
    const load = async (forSeconds: number) => {
      const options: LoadOptions = { ports: apis.map(({ port }) => port), apiKey: secrets.apiKey, connections, seconds: forSeconds }
      const { stdout } = await run(process.execPath, [loadProgram, JSON.stringify(options)])
      return JSON.parse(stdout) as LoadResult
    }

    await load(warmUpSeconds)
    await settled()

    const done: AcceptRound[] = []
    for (let round = 1; round <= rounds; round++) {
      const rowsBefore = await count('transactions')
      const before = [await apiCpu(), await cpuMicrosOfFamily(postgres)] as const
      const loaded = await load(seconds)
      const after = [await apiCpu(), await cpuMicrosOfFamily(postgres)] as const
      const accepted = loaded.statuses['202'] ?? 0
      const others = Object.entries(loaded.statuses).filter(([status]) => status !== '202')
      if (others.length > 0) throw new Error(`Other answers than 202: ${JSON.stringify(Object.fromEntries(others))}`)
      // The last of each connection may have been answered after the time was up.
      const stored = (await count('transactions')) - rowsBefore
      if (stored < accepted || stored > accepted + connections) throw new Error(`${accepted} swipes were answered 202, ${stored} are stored`)
      await settled()

      const swipesPerSecond = accepted / loaded.seconds
      const against = async (script: PgbenchScript): Promise<Against> => {
        const cpuBefore = await cpuMicrosOfFamily(postgres)
        const topic = `${backbone.namespace}transactions_log`
        const { transactionsPerSecond } = await pgbench({ program: program as string, script, databaseUrl: database.url, connections, seconds, topic })
        const cpuPostgres = ((await cpuMicrosOfFamily(postgres)) - cpuBefore) / (transactionsPerSecond * seconds)
        await settled()
        return { transactionsPerSecond, cpuPostgres, ratio: swipesPerSecond / transactionsPerSecond }
      }
      const result: AcceptRound = {
        swipesPerSecond,
        p50Ms: loaded.p50Ms,
        p99Ms: loaded.p99Ms,
        cpu: { api: (after[0] - before[0]) / accepted, postgres: (after[1] - before[1]) / accepted, load: loaded.cpuMicros / accepted },
        pgbench: program === undefined ? null : { plain: await against('plain'), promises: await against('promises') },
      }
      done.push(result)
      report(lineOf(round, result))
    }
    const ratios = (script: PgbenchScript) => median(done.flatMap(({ pgbench: other }) => (other === null ? [] : [other[script].ratio])))
    return {
      rounds: done,
      medianSwipesPerSecond: median(done.map(({ swipesPerSecond }) => swipesPerSecond)),
      medianRatio: program === undefined ? null : { plain: ratios('plain'), promises: ratios('promises') },
    }
  } finally {
    await session.end()
    await Promise.all(apis.map((api) => api.stop()))
    await backbone.close()
    await database.drop()
    await rm(directory, { recursive: true })
  }
}

function lineOf(round: number, { swipesPerSecond, p50Ms, p99Ms, cpu, pgbench: other }: AcceptRound): string {
  const http = `${swipesPerSecond.toFixed(0)} swipes/s, p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`
  const times = `CPU µs a swipe: API ${cpu.api.toFixed(0)}, PostgreSQL ${cpu.postgres.toFixed(0)}, load ${cpu.load.toFixed(0)}`
  const against = Object.entries(other ?? {}).map(
    ([script, { transactionsPerSecond, cpuPostgres, ratio }]) =>
      `; pgbench ${script} ${transactionsPerSecond.toFixed(0)}/s (PostgreSQL ${cpuPostgres.toFixed(0)} µs), ratio ${ratio.toFixed(2)}`,
  )
  return `round ${round}: ${http}; ${times}${against.join('')}`
}

/** A backend's parent is the postmaster. */
async function parentOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
}
