import { etlCheckpoints, etlQuarantine, opsAlerts } from '@swipestream/contracts'
import { connect } from '@swipestream/messaging'
import { type Logger, toError } from '@swipestream/platform'
import type { ExtractConfig } from '../../config.js'
import type { TableSettings } from '../../table-settings.js'
import { EtlAlerts } from '../etl-alerts.js'
import { stoppedTables } from '../stopped-tables.js'
import { Extract, type Extracted } from './extract.js'
import type { ExtractObserver } from './extract-observer.js'

export interface ExtractionOptions {
  readonly config: ExtractConfig
  readonly settings: ReadonlyMap<string, TableSettings>
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>
  readonly signal: AbortSignal
  readonly once?: boolean
  readonly observer?: Partial<ExtractObserver>
  /** Told each time the registry does not answer or lacks a schema; may throw to give up, and does so when it is left out. */
  readonly onWait?: (reason: Error) => void
}

/** Extracts the tables of the configuration; the people on call hear what they must look at. @throws as `connect` and `Extract.run` */
export async function extract({ config, settings, log, signal, once = false, observer = {}, onWait }: ExtractionOptions): Promise<Extracted> {
  const connection = await connect({ service: 'etl-loader', config, produces: [etlCheckpoints, etlQuarantine, opsAlerts], ...(onWait === undefined ? {} : { onWait }) })
  const alerts = new EtlAlerts('etl-extract', (events) => connection.publish(events), log, Date.now, () => stoppedTables(connection))
  alerts.start()
  const told = new Map<string, number>()
  const telling: Partial<ExtractObserver> = {
    ...observer,
    looked(table, counts, completeAt) {
      alerts.quarantined('extract', table, counts.quarantined - (told.get(table) ?? 0))
      told.set(table, counts.quarantined)
      alerts.tableWorks(table)
      observer.looked?.(table, counts, completeAt)
    },
    stopped(table, reason) {
      alerts.tableStopped(table, reason)
      observer.stopped?.(table, reason)
    },
  }
  try {
    return await new Extract({ connection, config, settings, log, observer: telling }).run(signal, { once })
  } catch (error) {
    alerts.ended(toError(error))
    throw error
  } finally {
    await alerts.close()
    await connection.close()
  }
}
