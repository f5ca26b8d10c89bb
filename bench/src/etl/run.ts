import { mkdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startStack } from '@swipestream/stack'
import { type Broken, measured, missed, ratio } from '../goals.js'
import type { Part } from '../options.js'
import type { Bench, EtlOptions } from './bench.js'
import { goals } from './goals.js'
import { type Load, loads, mergeStatements } from './load.js'

export interface Result {
  readonly ratios: { readonly snapshotVsDebezium?: number; readonly loadVsDuckdb?: number }
  readonly figures: Readonly<Record<string, unknown>>
  readonly broken: readonly Broken[]
}

/** Measures what was asked for, on servers of its own. */
export async function benchEtl(options: EtlOptions, report: (line: string) => void): Promise<Result> {
  if (options.profile !== null) mkdirSync(options.profile, { recursive: true })
  const wants = (part: Part<'etl'>): boolean => options.only.includes(part)
  const stack = await startStack({ servers: ['kafka', 'registry', 'mariadb'], sustainedLoad: true, onProgress: report })
  const directory = await mkdtemp(join(tmpdir(), 'swipestream-bench-'))
  const bench: Bench = { stack, options, directory, report }
  try {
    const load = wants('load') ? await loads(bench) : undefined
    const ratios = measured({ loadVsDuckdb: ratio(load?.get('load')?.perSecond, fastestPeer(load)) })
    const figures = {
      loadedPerSecond: load?.get('load')?.perSecond,
      load: load && Object.fromEntries(load),
    }
    return { ratios, figures, broken: missed(goals, measured({ loadVsDuckdb: ratios.loadVsDuckdb })) }
  } finally {
    await stack.stop()
    await rm(directory, { recursive: true })
  }
}

/** Records a second of the statement by which DuckDB merges faster. */
function fastestPeer(load: ReadonlyMap<string, Load> | undefined): number | undefined {
  return load && Math.max(...mergeStatements.map((statement) => load.get(statement)?.perSecond ?? 0))
}
