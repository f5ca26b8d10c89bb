import { mkdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { startChild } from '../child.js'
import { steady } from '../fraud/throughput.js'
import { memoryOf } from '../process-usage.js'
import { median, rounded } from '../statistics.js'
import type { Bench } from './bench.js'
import { beginEtl, cpuUsAt, peakOf } from './etl-process.js'
import { type Ground, prepareGround } from './ground.js'
import { loadedBatches } from './loaded-batches.js'
import { payments, paymentsSource, type Source } from './source.js'

/** What a batch of the loader holds, in a file for the peer. */
export interface BatchFile {
  readonly file: string
  /** Records of the topic. */
  readonly records: number
  /** What is left of them, one for a key. */
  readonly rows: number
  /** Where each partition that the batch reaches stands after it. */
  readonly next: readonly (readonly [partition: number, offset: number])[]
}

/** What the program is to do that makes those files of a topic. */
export interface FilesTask {
  /** In the cluster. */
  readonly topic: string
  readonly directory: string
  readonly batchRows: number
  readonly batchBytes: number
}

/** What the peer is to do. */
export interface MergeTask {
  readonly warehouse: string
  readonly memory: string
  readonly statement: MergeStatement
  readonly files: readonly BatchFile[]
}

/** How DuckDB merges: rows of the batch's keys go, and the batch's come; or by its MERGE. */
export const mergeStatements = ['delete-insert', 'merge'] as const
export type MergeStatement = (typeof mergeStatements)[number]

/** How far a side was at a time, in milliseconds, and what its process had used: the peer tells it after each batch. */
export interface Merged {
  readonly at: number
  readonly done: number
  readonly cpuUs: number
}

export interface LoadRun {
  readonly perSecond: number
  readonly cpuUsPerRecord: number
  /** The most memory its process held. */
  readonly rssMb: number
}

/** Medians of the runs, and every run's rate. */
export interface Load extends LoadRun {
  readonly rounds: readonly number[]
}

/** The loader's own defaults, which the peer's files follow. */
const batchRows = 50_000
const batchMib = 32
const memory = '1GB'
/** Of the table's rows, one in so many is changed after the snapshot: the warehouse then has a row of its key already. */
const changedOneIn = 5
/** Fewer batches than these would leave too few between the first and the last. */
const leastBatches = 8

/** `load` and DuckDB alone, in turns. Of the two ways in which DuckDB merges, each has its figure. */
export async function loads(bench: Bench): Promise<ReadonlyMap<string, Load>> {
  const { options: { records, rounds }, directory, report } = bench
  const rows = Math.floor((records * changedOneIn) / (changedOneIn + 1))
  const source = await paymentsSource(bench, rows)
  try {
    const ground = await prepareGround(bench, source)
    try {
      await extracted(bench, source, ground)
      const rowsOfBatch = Math.min(batchRows, Math.ceil(records / leastBatches))
      const files = await filesOf(ground, join(directory, 'batches'), rowsOfBatch)
      report(`${files.reduce((sum, file) => sum + file.records, 0)} records to load, in ${files.length} batches; the peer's files are made`)
      return await alternate(bench, ground, rowsOfBatch, files, rounds)
    } finally {
      await ground.close()
    }
  } finally {
    await source.close()
  }
}

/** A topic as extract writes it: of a snapshot, and of changes that followed it. */
async function extracted({ directory, report }: Bench, source: Source, ground: Ground): Promise<void> {
  await ground.makeTopic(payments.name)
  const once = async (name: string): Promise<void> => beginEtl(['extract', '--tables', payments.name, '--once'], ground.env, join(directory, `${name}.log`)).ended()
  await once('extract-rows')
  await source.run(`UPDATE ${payments.name} SET amount = amount + 1, status = 'booked' WHERE id MOD ${changedOneIn} = 0`)
  await once('extract-changes')
  report(`${await ground.written(payments.name)} records are on the topic`)
}

async function filesOf(ground: Ground, directory: string, rowsOfBatch: number): Promise<readonly BatchFile[]> {
  await mkdir(directory)
  const task: FilesTask = { topic: ground.namespace + ground.topicOf(payments.name), directory, batchRows: rowsOfBatch, batchBytes: batchMib * 2 ** 20 }
  const child = startChild('etl/programs/batch-files', { ...ground.env, BENCH_TASK: JSON.stringify(task) })
  try {
    return await child.message<readonly BatchFile[]>()
  } finally {
    await child.end()
  }
}

async function alternate(bench: Bench, ground: Ground, rowsOfBatch: number, files: readonly BatchFile[], rounds: number): Promise<Map<string, Load>> {
  const { directory, options: { profile }, report } = bench
  const topic = ground.topicOf(payments.name)
  const ours = async (round: number): Promise<LoadRun> => {
    const warehouse = join(directory, 'load.duckdb')
    const env = { ...ground.env, LOG_LEVEL: 'debug', ETL_BATCH_ROWS: String(rowsOfBatch), ETL_BATCH_MIB: String(batchMib), ETL_DUCKDB_MEMORY: memory }
    const process = beginEtl(['load', '--topics', topic, '--warehouse', warehouse, '--once'], env, join(directory, `load-${round}.log`), profile === null ? null : { dir: profile, name: `load-${round}` })
    await process.ended()
    let done = 0
    const samples = loadedBatches(await readFile(process.logFile, 'utf8')).map(({ at, records }) => ({ at, done: (done += records), cpuUs: cpuUsAt(process.usage, at) }))
    return runOf(samples, peakOf(process.usage))
  }
  const peer = (statement: MergeStatement) => async (): Promise<LoadRun> => {
    const task: MergeTask = { warehouse: join(directory, `${statement}.duckdb`), memory, statement, files }
    const child = startChild('etl/programs/duckdb-merge', { BENCH_TASK: JSON.stringify(task) })
    try {
      const merged = await child.message<readonly Merged[]>()
      return runOf(merged, (await memoryOf(child.pid)).peakMb)
    } finally {
      await child.end()
    }
  }
  const sides = new Map<string, (round: number) => Promise<LoadRun>>([['load', ours], ...mergeStatements.map((statement) => [statement, peer(statement)] as const)])
  const runs = new Map<string, LoadRun[]>([...sides.keys()].map((name) => [name, []]))
  for (let round = 1; round <= rounds; round++) {
    for (const [name, run] of round % 2 === 1 ? sides : [...sides].toReversed()) {
      const found = await run(round)
      runs.get(name)?.push(found)
      report(`round ${round}: ${name} ${describe(found)}`)
    }
    await alike(directory, { schema: `bench_${topic.split('.')[1] ?? ''}`, names: [...sides.keys()] })
  }
  return new Map([...runs].map(([name, all]) => [name, summary(all)]))
}

/** From the end of the first batch to that of the last: what begins a process, and its first batch, count for neither side. */
function runOf(samples: readonly Merged[], rssMb: number): LoadRun {
  const [first, last] = [samples[0]?.done ?? 0, samples.at(-1)?.done ?? 0]
  const { perSecond, cpuUsPerRecord } = steady(samples, first, last - first)
  return { perSecond, cpuUsPerRecord, rssMb }
}

export function describe({ perSecond, cpuUsPerRecord, rssMb }: LoadRun): string {
  return `${Math.round(perSecond)} records/s, ${cpuUsPerRecord.toFixed(1)} µs of CPU each, ${Math.round(rssMb)} MiB`
}

export function summary(runs: readonly LoadRun[]): Load {
  const middle = (of: (run: LoadRun) => number): number => rounded(median(runs.map(of)))
  return {
    perSecond: middle((run) => run.perSecond),
    cpuUsPerRecord: middle((run) => run.cpuUsPerRecord),
    rssMb: middle((run) => run.rssMb),
    rounds: runs.map(({ perSecond }) => rounded(perSecond)),
  }
}

/** Takes the warehouses away. @throws Error when they do not hold the same */
async function alike(directory: string, { schema, names }: { readonly schema: string; readonly names: readonly string[] }): Promise<void> {
  const sums = new Map<string, string>()
  for (const name of names) {
    const file = join(directory, `${name}.duckdb`)
    const instance = await DuckDBInstance.create(file)
    const connection = await instance.connect()
    const table = name === 'load' ? `"${schema}"."${payments.name}"` : `main."${payments.name}"`
    const reader = await connection.runAndReadAll(`SELECT count(*) AS rows, sum(hash(t)) AS sum FROM (SELECT * FROM ${table}) AS t`)
    const [row] = reader.getRowObjects()
    sums.set(name, `${String(row?.['rows'])} rows of sum ${String(row?.['sum'])}`)
    connection.closeSync()
    instance.closeSync()
    await rm(file)
    // DuckDB leaves none when it has ended in order.
    if (await stat(`${file}.wal`).then(() => true, () => false)) await rm(`${file}.wal`)
  }
  if (new Set(sums.values()).size > 1) throw new Error(`the warehouses differ: ${[...sums].map(([name, sum]) => `${name} has ${sum}`).join(', ')}`)
}
