import { etlCheckpoints, etlQuarantine } from '@swipestream/contracts'
import { connect, type Outcome, tableOf } from '@swipestream/messaging'
import type { Logger } from '@swipestream/platform'
import { Extract, type ExtractedTable } from '../../app/extract/extract.js'
import type { SnapshotProgress } from '../../app/extract/followed-table.js'
import { readExtractConfig, readTableSettings } from '../../config.js'

export interface ExtractCommand {
  readonly source?: string | undefined
  readonly tables?: string | undefined
  readonly config?: string | undefined
  readonly once: boolean
}

/** Extracts once, or until a signal asks it to end. @throws as `Extract.run`; CodedError CONFIG_INVALID */
export async function extract({ source, tables, config: file, once }: ExtractCommand, progress: (line: string) => void): Promise<Outcome> {
  const config = readExtractConfig({ ETL_SOURCE_URL: source, ETL_TABLES: tables, ETL_CONFIG: file })
  const settings = readTableSettings(config.ETL_CONFIG)
  const connection = await connect({ service: 'etl-loader', config, produces: [etlCheckpoints, etlQuarantine] })
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
  try {
    const log = { info: told(progress), warn: told(progress) } as Pick<Logger, 'info' | 'warn'>
    const started = performance.now()
    const { tables: extracted } = await new Extract({ connection, config, settings, log, onProgress: (far) => progress(progressLine(far)) }).run(stop.signal, { once })
    return outcomeOf(extracted, Math.round(performance.now() - started))
  } finally {
    await connection.close()
  }
}

function outcomeOf(tables: readonly ExtractedTable[], durationMs: number): Outcome {
  const rows = tables.map(({ table, mode, rows: written, deleted, quarantined }) => [table, mode, written, deleted, quarantined])
  return { lines: tableOf(['table', 'mode', 'rows', 'deleted', 'quarantined'], rows), json: { tables, durationMs, broken: [] } }
}

/** A logger's call as a line for a person. */
function told(progress: (line: string) => void) {
  return (details: Readonly<Record<string, unknown>>, message: string): void => {
    const said = Object.entries(details).map(([name, value]) => `${name}=${value instanceof Error ? value.message : String(value)}`)
    progress(`${message}: ${said.join(' ')}`)
  }
}

function progressLine({ table, rows, estimate, rowsPerSecond, secondsLeft, ended }: SnapshotProgress): string {
  return ended ? `${table}: snapshot of ${rows} rows done, ${rowsPerSecond} rows/s` : `${table}: ${rows} of about ${estimate} rows, ${rowsPerSecond} rows/s, about ${secondsLeft} s left`
}
