import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { eventually, testBackbone, testDatabase } from '@swipestream/messaging/testing'
import { Client } from 'pg'
import { startApi } from './api-process.js'
import { cpuMicrosOf, cpuMicrosOfFamily } from './cpu-time.js'
import { findPgbench, pgbench } from './pgbench.js'
import type { LoadOptions, LoadResult } from './swipes-load.js'

const run = promisify(execFile)
const loadProgram = fileURLToPath(new URL('./swipes-load.js', import.meta.url))

export interface AcceptOptions {
  /** Requests that are open at a time, and as many connections of pgbench. */
  readonly connections: number
  /** Of each part of a round. */
  readonly seconds: number
  /** How often the two alternate. */
  readonly rounds: number
  /** Where to look for pgbench. */
  readonly path: string
  readonly report: (line: string) => void
  readonly nodeArguments?: readonly string[]
}

export interface AcceptRound {
  readonly swipesPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** CPU a swipe, in microseconds. */
  readonly cpu: { readonly api: number; readonly postgres: number; readonly load: number }
  /** null: there is no pgbench here. */
  readonly pgbench: { readonly transactionsPerSecond: number; readonly cpuPostgres: number } | null
  readonly ratio: number | null
}

export interface AcceptResult {
  readonly rounds: readonly AcceptRound[]
  readonly medianSwipesPerSecond: number
  readonly medianRatio: number | null
}

/**
 * Swipes accepted durably over HTTP, against the transactions of pgbench that write the same rows with as many
 * connections, on the same tables of the same server, in turns. After each turn the outbox is let run empty.
 *
 * @throws Error when an answer was not 202, or a swipe that was answered 202 is not in the table once
 */
export async function accept({ connections, seconds, rounds, path, report, nodeArguments = [] }: AcceptOptions): Promise<AcceptResult> {
  const program = await findPgbench(path)
  if (program === undefined) report('pgbench is not there (Debian: apt-get install postgresql-contrib): no ratio, only the rate over HTTP')
  const backbone = await testBackbone()
  const database = await testDatabase()
  const directory = await mkdtemp(join(tmpdir(), 'swipestream-accept-'))
  const session = new Client({ connectionString: database.url })
  await session.connect()
  const api = await startApi({ ...backbone.env, DATABASE_URL: database.url }, join(directory, 'api.log'), nodeArguments)
  try {
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
    const load = async (options: LoadOptions) => {
      const { stdout } = await run(process.execPath, [loadProgram, JSON.stringify(options)])
      return JSON.parse(stdout) as LoadResult
    }

    // The compiler, the caches and the pool are warm before anything counts.
    await load({ port: api.port, apiKey: api.apiKey, connections, seconds: 3 })
    await settled()

    const done: AcceptRound[] = []
    for (let round = 1; round <= rounds; round++) {
      const rowsBefore = await count('transactions')
      const before = [await cpuMicrosOf(api.pid), await cpuMicrosOfFamily(postgres)] as const
      const loaded = await load({ port: api.port, apiKey: api.apiKey, connections, seconds })
      const after = [await cpuMicrosOf(api.pid), await cpuMicrosOfFamily(postgres)] as const
      const accepted = loaded.statuses['202'] ?? 0
      const others = Object.entries(loaded.statuses).filter(([status]) => status !== '202')
      if (others.length > 0) throw new Error(`Other answers than 202: ${JSON.stringify(Object.fromEntries(others))}`)
      // The last of each connection may have been answered after the time was up.
      const stored = (await count('transactions')) - rowsBefore
      if (stored < accepted || stored > accepted + connections) throw new Error(`${accepted} swipes were answered 202, ${stored} are stored`)
      await settled()

      let other: AcceptRound['pgbench'] = null
      if (program !== undefined) {
        const cpuBefore = await cpuMicrosOfFamily(postgres)
        const { transactionsPerSecond } = await pgbench({
          program, databaseUrl: database.url, connections, seconds, topic: `${backbone.namespace}transactions_log`,
        })
        other = { transactionsPerSecond, cpuPostgres: ((await cpuMicrosOfFamily(postgres)) - cpuBefore) / (transactionsPerSecond * seconds) }
        await settled()
      }
      const swipesPerSecond = accepted / loaded.seconds
      const result: AcceptRound = {
        swipesPerSecond,
        p50Ms: loaded.p50Ms,
        p99Ms: loaded.p99Ms,
        cpu: { api: (after[0] - before[0]) / accepted, postgres: (after[1] - before[1]) / accepted, load: loaded.cpuMicros / accepted },
        pgbench: other,
        ratio: other && swipesPerSecond / other.transactionsPerSecond,
      }
      done.push(result)
      report(lineOf(round, result))
    }
    const ratios = done.flatMap(({ ratio }) => (ratio === null ? [] : [ratio]))
    return {
      rounds: done,
      medianSwipesPerSecond: median(done.map(({ swipesPerSecond }) => swipesPerSecond)),
      medianRatio: ratios.length > 0 ? median(ratios) : null,
    }
  } finally {
    await session.end()
    await api.stop()
    await backbone.close()
    await database.drop()
    await rm(directory, { recursive: true })
  }
}

function lineOf(round: number, { swipesPerSecond, p50Ms, p99Ms, cpu, pgbench: other, ratio }: AcceptRound): string {
  const http = `${swipesPerSecond.toFixed(0)} swipes/s, p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`
  const times = `CPU µs a swipe: API ${cpu.api.toFixed(0)}, PostgreSQL ${cpu.postgres.toFixed(0)}, load ${cpu.load.toFixed(0)}`
  const against = other && ratio !== null ? `; pgbench ${other.transactionsPerSecond.toFixed(0)}/s (PostgreSQL ${other.cpuPostgres.toFixed(0)} µs), ratio ${ratio.toFixed(2)}` : ''
  return `round ${round}: ${http}; ${times}${against}`
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? (sorted[middle] ?? Number.NaN) : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2
}

/** A backend's parent is the postmaster. */
async function parentOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
}
