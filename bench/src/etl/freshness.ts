import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type AvroSchema, RowDecoder, schemaIdOf } from '@swipestream/contracts'
import { eventually } from '@swipestream/messaging/testing'
import { startChild } from '../child.js'
import { percentiles } from '../fraud/windows.js'
import { rounded } from '../statistics.js'
import type { Bench } from './bench.js'
import type { PlannedChange, Rows } from './changes.js'
import { beginEtl, type EtlProcess, peakOf } from './etl-process.js'
import { type Ground, prepareGround } from './ground.js'
import { loadedBatches } from './loaded-batches.js'
import { prepareSource, type Source } from './source.js'
import { type RowRecord, visibleAt } from './visible.js'

/** What the writer is to do. */
export interface WriterTask {
  readonly url: string
  readonly rows: Rows
  readonly connections: number
  readonly perSecond: number
  readonly seconds: number
}

/** A change that the source has committed. Times in milliseconds since the Unix epoch. */
export interface Committed extends PlannedChange {
  readonly intendedAt: number
  readonly committedAt: number
}

type Percentiles = ReturnType<typeof percentiles>

/** In milliseconds, from the moment for which a change was meant. */
export interface Freshness extends Percentiles {
  readonly changes: number
  readonly perSecond: number
  /** Until the source had committed it. */
  readonly commit: Percentiles
  /** Of rows that were deleted, which a search of the source's keys finds, every `sweepSeconds`. */
  readonly deletes: Percentiles
  readonly sweepSeconds: number
  /** Changes that never came. */
  readonly lost: number
  /** Shares of a core, and the most memory. */
  readonly extract: Used
  readonly load: Used
}

interface Used {
  readonly cores: number
  readonly rssMb: number
}

const rows: Rows = { movements: 200_000, notices: 20_000 }
const perSecond = 500
const warmUpSeconds = 20
const seconds = 60
const connections = 8
const sweepSeconds = 10
/** How long the last changes may take to be seen, in milliseconds. */
const patience = { timeoutMs: 120_000, intervalMs: 2_000 }

const tables = ['movements', 'notices'] as const
const ddl = (table: string): string => `CREATE TABLE ${table} (
  id BIGINT NOT NULL PRIMARY KEY, account_id INT NOT NULL DEFAULT 1, reference VARCHAR(60) NOT NULL DEFAULT 'a payment by card', amount DECIMAL(12, 2) NOT NULL, version BIGINT NOT NULL,
  deleted TINYINT NOT NULL DEFAULT 0, updated_at TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3), KEY (updated_at))`
const values = `seq, 1 + seq MOD 5000, CONCAT('a payment by card, number ', seq), (seq * 7919 MOD 1000000) / 100, 0, 0, TIMESTAMP '2026-01-01 00:00:00.250' + INTERVAL seq SECOND`

/** Extract and load run as they do in production, while several connections change the source. */
export async function freshnessOf(bench: Bench): Promise<Freshness> {
  const { directory, options: { profile }, report } = bench
  const source = await prepareSource(bench)
  try {
    for (const table of tables) {
      await source.run(ddl(table))
      await source.fill(table, rows[table], values)
    }
    const config = join(directory, 'tables.json')
    await writeFile(config, JSON.stringify({ tables: { movements: { softDelete: 'deleted' } } }))
    const ground = await prepareGround(bench, source, { ETL_CONFIG: config, ETL_SWEEP_SECONDS: String(sweepSeconds), LOG_LEVEL: 'debug' })
    try {
      for (const table of tables) await ground.makeTopic(table)
      const begin = (name: string, args: readonly string[]): EtlProcess => beginEtl(args, ground.env, join(directory, `fresh-${name}.log`), profile === null ? null : { dir: profile, name: `fresh-${name}` })
      const extract = begin('extract', ['extract', '--tables', tables.join(',')])
      const load = begin('load', ['load', '--topics', tables.map(ground.topicOf).join(','), '--warehouse', join(directory, 'fresh.duckdb')])
      const both = [extract, load] as const
      try {
        return await measured(bench, source, ground, both)
      } finally {
        for (const process of both) await process.stop().catch((error: unknown) => report(String(error)))
      }
    } finally {
      await ground.close()
    }
  } finally {
    await source.close()
  }
}

async function measured({ report }: Bench, source: Source, ground: Ground, [extract, load]: readonly [EtlProcess, EtlProcess]): Promise<Freshness> {
  const loaded = () => loadedBatches(readFileSync(load.logFile, 'utf8'))
  await eventually(
    () => {
      for (const process of [extract, load]) process.check()
      return loaded().reduce((sum, { records }) => sum + records, 0) >= rows.movements + rows.notices
    },
    { timeoutMs: 300_000 },
  )
  report('what was there is in the warehouse; changes begin')
  const changes = await written(source)
  const counted = changes.filter(({ version }) => version > warmUpSeconds * perSecond)
  report(`${changes.length} changes are committed`)
  // What never comes is a figure, not the end of the bench.
  const seen = async (): Promise<(number | undefined)[]> =>
    visibleAt(counted.map(({ kind, ...change }) => ({ ...change, removes: kind === 'mark' || kind === 'delete' })), await recordsOf(ground), loaded(), ground.topicOf)
  await eventually(async () => (await seen()).every((at) => at !== undefined), patience).catch((error: unknown) => report(`not every change came to the warehouse: ${String(error)}`))
  const at = await seen()
  const latencies = (of: (change: Committed) => boolean) => percentiles(counted.flatMap((change, i) => (of(change) && at[i] !== undefined ? [at[i] - change.intendedAt] : [])))
  const found = latencies(({ kind }) => kind !== 'delete')
  const deletes = latencies(({ kind }) => kind === 'delete')
  const span = { from: counted[0]?.intendedAt ?? 0, to: counted.at(-1)?.intendedAt ?? 0 }
  const lost = at.filter((one) => one === undefined).length
  report(`${counted.length} changes at ${perSecond}/s: p50 ${found.p50} ms, p99 ${found.p99} ms; deletes found by search p50 ${deletes.p50} ms, p99 ${deletes.p99} ms; ${lost} lost`)
  return {
    ...found,
    changes: counted.length,
    perSecond: rounded(((counted.length - 1) / (Math.max(...counted.map(({ committedAt }) => committedAt)) - span.from)) * 1_000),
    commit: percentiles(counted.map(({ committedAt, intendedAt }) => committedAt - intendedAt)),
    deletes,
    sweepSeconds,
    lost,
    extract: used(extract, span),
    load: used(load, span),
  }
}

async function written({ url }: Source): Promise<Committed[]> {
  const task: WriterTask = { url, rows, connections, perSecond, seconds: warmUpSeconds + seconds }
  const child = startChild('etl/programs/change-writer', { BENCH_TASK: JSON.stringify(task) })
  try {
    return (await child.message<Committed[]>()).sort((a, b) => a.version - b.version)
  } finally {
    await child.end()
  }
}

interface Envelope {
  readonly after: { readonly version: number } | null
}

/** What stands on both topics that changes have made. */
async function recordsOf({ reader, namespace, topicOf, registry }: Ground): Promise<RowRecord[]> {
  const decoder = new RowDecoder()
  const schemas = new Map<number, AvroSchema>()
  const decoded = async (bytes: Buffer): Promise<unknown> => {
    const id = schemaIdOf(bytes)
    if (!schemas.has(id)) schemas.set(id, await registry.schemaById(id))
    return decoder.decode(bytes, (known) => schemas.get(known) as AvroSchema).value
  }
  const found: RowRecord[] = []
  for (const table of tables) {
    const topic = namespace + topicOf(table)
    for (const [partition, { first, end }] of (await reader.bounds(topic)).entries()) {
      for await (const records of reader.read({ topic, partition }, first, end)) {
        for (const { offset, key, value } of records) {
          const version = value === null ? null : (((await decoded(value)) as Envelope).after?.version ?? null)
          // Version 0 is that of rows that were there before.
          if (version !== 0) found.push({ table, partition, offset: Number(offset), id: ((await decoded(key as Buffer)) as { id: number }).id, version })
        }
      }
    }
  }
  return found
}

function used({ usage }: EtlProcess, { from, to }: { readonly from: number; readonly to: number }): Used {
  const within = usage.filter(({ at }) => at >= from && at <= to)
  const [first, last] = [within[0], within.at(-1)]
  const cores = first === undefined || last === undefined ? Number.NaN : (last.cpuUs - first.cpuUs) / 1_000 / (last.at - first.at)
  return { cores: rounded(cores), rssMb: rounded(peakOf(usage)) }
}
