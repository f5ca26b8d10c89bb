import { mkdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AnyServerName, startStack, type Stack, StackError } from '@swipestream/stack'
import { type Broken, measured, missed, ratio } from '../goals.js'
import type { Part } from '../options.js'
import type { Bench, EtlOptions } from './bench.js'
import { debeziumSide } from './debezium.js'
import { goals } from './goals.js'
import { freshnessOf } from './freshness.js'
import { type Load, loads, mergeStatements } from './load.js'
import { memories } from './memory.js'
import { extractSide, type Snapshot, snapshots, type SnapshotSide } from './snapshot.js'
import { paymentsSource } from './source.js'

export interface Result {
  readonly ratios: { readonly snapshotVsDebezium?: number; readonly loadVsDuckdb?: number }
  readonly figures: Readonly<Record<string, unknown>>
  readonly broken: readonly Broken[]
}

/** Measures what was asked for, on servers of its own. */
export async function benchEtl(options: EtlOptions, report: (line: string) => void): Promise<Result> {
  if (options.profile !== null) mkdirSync(options.profile, { recursive: true })
  const wants = (part: Part<'etl'>): boolean => options.only.includes(part)
  const stack = await servers(wants('snapshot'), report)
  const directory = await mkdtemp(join(tmpdir(), 'swipestream-bench-'))
  const bench: Bench = { stack, options, directory, report }
  try {
    const snapshot = wants('snapshot') ? await tableSnapshots(bench) : undefined
    const load = wants('load') ? await loads(bench) : undefined
    const freshness = wants('freshness') ? await freshnessOf(bench) : undefined
    const memory = wants('memory') ? await memories(bench) : undefined
    const ratios = measured({
      snapshotVsDebezium: ratio(snapshot?.get('extract')?.perSecond, snapshot?.get('debezium')?.perSecond),
      loadVsDuckdb: ratio(load?.get('load')?.perSecond, fastestPeer(load)),
    })
    const figures = {
      rowsPerSecond: snapshot?.get('extract')?.perSecond ?? memory?.extract.rowsPerSecond,
      loadedPerSecond: load?.get('load')?.perSecond ?? memory?.load.rowsPerSecond,
      freshnessP50Ms: freshness?.p50,
      freshnessP99Ms: freshness?.p99,
      sweptDeletesP99Ms: freshness?.deletes.p99,
      changesLost: freshness?.lost,
      rssMb: memory && Math.max(memory.extract.peakMb, memory.load.peakMb),
      extractRssGrowth: memory?.extract.growth,
      loadRssGrowth: memory?.load.growth,
      snapshot: snapshot && Object.fromEntries(snapshot),
      load: load && Object.fromEntries(load),
      freshness,
      memory,
    }
    const held = measured({
      snapshotVsDebezium: ratios.snapshotVsDebezium,
      loadVsDuckdb: ratios.loadVsDuckdb,
      freshnessP99Ms: freshness?.p99,
      changesLost: freshness?.lost,
      extractRssGrowth: memory?.extract.growth,
      loadRssGrowth: memory?.load.growth,
    })
    return { ratios, figures, broken: missed(goals, held) }
  } finally {
    await stack.stop()
    await rm(directory, { recursive: true })
  }
}

const usual: readonly AnyServerName[] = ['kafka', 'registry', 'mariadb']

/** Without Kafka Connect where its programs are not to be had: the ratio that it is for is left out then. */
async function servers(debezium: boolean, report: (line: string) => void): Promise<Stack> {
  const start = (names: readonly AnyServerName[]): Promise<Stack> => startStack({ servers: names, sustainedLoad: true, onProgress: report })
  if (!debezium) return start(usual)
  try {
    return await start([...usual, 'connect'])
  } catch (error) {
    if (!(error instanceof StackError) || error.code !== 'JARS_UNRESOLVED') throw error
    report(`snapshots are not compared with Debezium, which could not be fetched: ${error.message.split('\n', 1)[0] ?? ''}`)
    return start(usual)
  }
}

/** Records a second of the statement by which DuckDB merges faster. */
function fastestPeer(load: ReadonlyMap<string, Load> | undefined): number | undefined {
  return load && Math.max(...mergeStatements.map((statement) => load.get(statement)?.perSecond ?? 0))
}

/** Snapshots of one table. */
async function tableSnapshots(bench: Bench): Promise<ReadonlyMap<string, Snapshot>> {
  const source = await paymentsSource(bench, bench.options.records)
  try {
    const sides: SnapshotSide[] = [extractSide(bench, source), ...(bench.stack.env['CONNECT_URL'] === undefined ? [] : [debeziumSide(bench, source)])]
    return await snapshots(bench, sides, bench.options.records)
  } finally {
    await source.close()
  }
}
