import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { rounded } from '../statistics.js'
import type { Bench } from './bench.js'
import { beginEtl, type EtlProcess, peakOf } from './etl-process.js'
import { type Course, type Far, growthOf } from './growth.js'
import { type Ground, prepareGround } from './ground.js'
import { loadedBatches } from './loaded-batches.js'
import { payments, paymentsSource } from './source.js'

/** How often it is asked how far a process has come, in milliseconds. */
const lookMs = 500
/** Little enough that DuckDB has it all before a tenth of the table is there. */
const duckdbMemory = '256MB'
/** The loader's own default; of a small table less, so that there are batches in each tenth of it. */
const batchRows = (rows: number): number => Math.min(50_000, Math.ceil(rows / 40))

export interface Memory extends Course {
  /** The most that the process ever held. */
  readonly peakMb: number
  readonly rowsPerSecond: number
}

/** Memory of extract, and then of load, over one large table. */
export async function memories(bench: Bench): Promise<{ readonly extract: Memory; readonly load: Memory }> {
  const { options: { rows, profile }, directory, report } = bench
  const source = await paymentsSource(bench, rows)
  try {
    const ground = await prepareGround(bench, source, { ETL_DUCKDB_MEMORY: duckdbMemory, ETL_BATCH_ROWS: String(batchRows(rows)), LOG_LEVEL: 'debug' })
    try {
      await ground.makeTopic(payments.name)
      const profiled = (name: string) => (profile === null ? null : { dir: profile, name })
      const extracting = beginEtl(['extract', '--tables', payments.name, '--once'], ground.env, join(directory, 'memory-extract.log'), profiled('memory-extract'))
      const extract = await course(extracting, rows, () => ground.written(payments.name))
      report(`extract: ${describe(extract)}`)
      const loading = beginEtl(['load', '--topics', ground.topicOf(payments.name), '--warehouse', join(directory, 'memory.duckdb'), '--once'], ground.env, join(directory, 'memory-load.log'), profiled('memory-load'))
      const load = await course(loading, rows, () => loadedOf(ground, loading))
      report(`load: ${describe(load)}`)
      return { extract, load }
    } finally {
      await ground.close()
    }
  } finally {
    await source.close()
  }
}

async function loadedOf(ground: Ground, { logFile }: EtlProcess): Promise<number> {
  const topic = ground.topicOf(payments.name)
  return loadedBatches(await readFile(logFile, 'utf8')).reduce((sum, batch) => sum + (batch.topic === topic ? batch.records : 0), 0)
}

/** Looks on until the process has ended by itself. */
async function course(process: EtlProcess, rows: number, doneNow: () => Promise<number>): Promise<Memory> {
  const far: Far[] = []
  for (; process.runs(); await delay(lookMs)) far.push({ at: Date.now(), done: await doneNow() })
  await process.ended()
  const first = far.find(({ done }) => done > 0)
  const last = far.find(({ done }) => done >= rows)
  const rowsPerSecond = first === undefined || last === undefined ? Number.NaN : rounded(((last.done - first.done) / (last.at - first.at)) * 1_000)
  return { ...growthOf(far, process.usage, rows), peakMb: rounded(peakOf(process.usage)), rowsPerSecond }
}

function describe({ earlyMb, lateMb, growth, peakMb, rowsPerSecond }: Memory): string {
  return `${Math.round(earlyMb)} MiB after a tenth of the table, ${Math.round(lateMb)} MiB near its end (${growth} times), ${Math.round(peakMb)} MiB at most; ${Math.round(rowsPerSecond)} rows/s`
}
