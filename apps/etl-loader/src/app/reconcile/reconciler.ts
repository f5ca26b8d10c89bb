import { etlCheckpoints, etlQuarantine, etlReconciliation } from '@swipestream/contracts'
import { type Connection, failureKind, type Reader } from '@swipestream/messaging'
import { gauge, type Logger, pause, toError } from '@swipestream/platform'
import type { ExtractConfig } from '../../config.js'
import { countDifferences, type DifferenceCounts, type RowAtPlaces } from '../../domain/row-difference.js'
import type { TableSettings } from '../../table-settings.js'
import type { TableSum, Warehouse } from '../../warehouse/warehouse.js'
import { Announcements } from './announcements.js'
import { compareEvents, type EventsCompared } from './events.js'
import { type Look, look, lookAgain, sumOf } from './look.js'
import { type OpenTable, Round } from './round.js'

export interface ReconcilerOptions {
  /** Made with `produces` of `reconcilerProduces`. */
  readonly connection: Connection
  /** What the names of topics start with in the cluster. */
  readonly namespace: string
  /** Names of the topics that are loaded, without the namespace: those of tables and those of the system. */
  readonly topics: readonly string[]
  /** The one that load writes to, in the same process where it is DuckDB. */
  readonly warehouse: Warehouse
  /** Where the tables are; null: topics are compared with the warehouse alone. */
  readonly source: { readonly config: ExtractConfig; readonly settings: ReadonlyMap<string, TableSettings> } | null
  /** Milliseconds between two rounds. */
  readonly everyMs: number
  /** How long a row must differ in the same way until that counts, in milliseconds: longer than extract and load take. */
  readonly graceMs: number
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>
  /** Milliseconds since the Unix epoch. */
  readonly now?: () => number
}

/** What a table was found to be. */
export interface TableReconciliation {
  /** As its topic is named. */
  readonly table: string
  /** null where there is no source but the topic. */
  readonly source: TableSum | null
  readonly topic: TableSum
  readonly warehouse: TableSum
  /** null: it could not be told, see `undecided`. */
  readonly equal: boolean | null
  /** Why it could not be told. */
  readonly undecided: string | null
  readonly differences: DifferenceCounts
  /** Rows in the quarantine, which are in none of the sums. */
  readonly quarantined: number
  /** Of the records compared, in milliseconds since the Unix epoch: 0 for all of them. */
  readonly from: number
  readonly to: number
}

/** The topics that a reconciler writes to. */
export { announced as reconcilerProduces } from './announcements.js'

const differs = gauge({ name: 'etl_reconciliation_differs', help: 'Whether source, topic and warehouse hold something else: 1 when they do', labels: ['table'] as const })

/** How often a table that changes faster than it can be compared is looked at anew, when it is asked for once. */
const onceRounds = 3

/** After which time tables of which nothing could be told are asked of again, in milliseconds. */
const soonMs = 10_000

interface Pending {
  readonly table: string
  readonly columns: string
  readonly at: number
  readonly seen: Look
}

/**
 * Compares source, topic and warehouse, table by table. Changes are always on their way, so two looks are taken: what
 * differs at the first and is just as it was at the second, after everything had time to arrive, differs; the rest has
 * moved, and is left out of what is compared.
 */
export class Reconciler {
  readonly #options: ReconcilerOptions
  readonly #now: () => number
  readonly #announcements: Announcements
  /** How far topics of events were compared, and found equal. */
  readonly #compared = new Map<string, EventsCompared>()

  constructor(options: ReconcilerOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
    this.#announcements = new Announcements(options.connection, options.log)
  }

  /** Compares all tables again and again until the signal; what is away is waited for. @throws what no waiting mends */
  async run(signal: AbortSignal): Promise<void> {
    const { everyMs, topics } = this.#options
    while (!signal.aborted) {
      const nextAt = performance.now() + everyMs
      let left = await this.#patiently(topics, signal)
      // What could not be told, such as of a table whose snapshot goes on, is asked again before all is.
      while (left.length > 0 && !signal.aborted && performance.now() + soonMs < nextAt) {
        await pause(soonMs, signal)
        left = await this.#patiently(left, signal)
      }
      await pause(Math.max(0, nextAt - performance.now()), signal)
    }
  }

  /** Gives the tables of which nothing could be told. */
  async #patiently(tables: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
    try {
      const results = await this.#round(tables, (ms) => pause(ms, signal), this.#options.graceMs, signal)
      return results.filter(({ equal }) => equal === null).map(({ table }) => table)
    } catch (error) {
      if (signal.aborted) return []
      if (failureKind(error) !== 'transient' && failureKind(error) !== 'unknown') throw error
      this.#options.log.warn({ err: toError(error) }, 'reconciling waits')
      return tables
    }
  }

  /**
   * Compares all tables once.
   *
   * @param arrive gives what is on its way time to arrive, or brings it: called only where rows differ
   */
  async once(arrive: () => Promise<void>): Promise<readonly TableReconciliation[]> {
    const signal = new AbortController().signal
    let results = await this.#round(this.#options.topics, arrive, 0, signal)
    for (let round = 1; round < onceRounds && results.some(({ equal }) => equal === null); round++) {
      await arrive()
      results = await this.#round(this.#options.topics, arrive, 0, signal)
    }
    return results
  }

  async #round(tables: readonly string[], arrive: (graceMs: number) => Promise<void>, graceMs: number, signal: AbortSignal): Promise<readonly TableReconciliation[]> {
    const results: TableReconciliation[] = []
    const pending: Pending[] = []
    const tell = async (result: TableReconciliation): Promise<void> => {
      results.push(result)
      if (result.equal !== null) differs.set({ table: result.table }, result.equal ? 0 : 1)
      await this.#announcements.tell(result, this.#now())
    }
    await this.#inRound(async (open) => {
      // It would never come to an end of what it writes itself.
      for (const table of tables.filter((name) => name !== etlReconciliation.name)) {
        if (signal.aborted) return
        const found = await this.#orUndecided(table, () => this.#first(open, table))
        if ('seen' in found) pending.push(found)
        else await tell(found)
      }
    })
    if (pending.length > 0) await arrive(graceMs)
    if (signal.aborted) return results
    if (pending.length > 0) {
      await this.#inRound(async (open) => {
        for (const one of pending) {
          if (signal.aborted) return
          await tell(await this.#orUndecided(one.table, () => this.#second(open, one)))
        }
      })
    }
    return results.sort((a, b) => (a.table < b.table ? -1 : 1))
  }

  /** A table that fails is no reason not to compare the others. @throws what would befall any table */
  async #orUndecided<T>(table: string, work: () => Promise<T>): Promise<T | TableReconciliation> {
    try {
      return await work()
    } catch (error) {
      if (failureKind(error) !== 'unknown') throw error
      this.#options.log.warn({ table, err: toError(error) }, 'the table cannot be compared')
      return undecided(table, this.#now(), toError(error).message)
    }
  }

  async #first(open: Round, table: string): Promise<TableReconciliation | Pending> {
    const at = this.#now()
    const opened = await open.table(table)
    if (typeof opened === 'string') return undecided(table, at, opened)
    if (opened.events !== null) return this.#events(table, opened, at)
    const seen = await look(opened.places)
    if (seen.different.size === 0) return resultOf(table, seen, at)
    return { table, columns: opened.columns, at, seen }
  }

  async #second(open: Round, { table, columns, at, seen: before }: Pending): Promise<TableReconciliation> {
    const opened = await open.table(table)
    if (typeof opened === 'string') return undecided(table, at, opened)
    if (opened.columns !== columns || opened.events !== null) return undecided(table, at, 'its columns have changed meanwhile')
    return resultOf(table, await lookAgain(opened.places, before), at)
  }

  async #events(table: string, opened: OpenTable, now: number): Promise<TableReconciliation> {
    const before = this.#compared.get(table)
    const { result, compared } = await compareEvents(opened, before)
    if (result.equal === true) this.#compared.set(table, { offsets: compared, at: now })
    return { table, source: null, undecided: null, differences: {}, from: before?.at ?? 0, to: now, ...result }
  }

  async #inRound(work: (round: Round) => Promise<void>): Promise<void> {
    const { connection, namespace, topics, warehouse, source } = this.#options
    const reader: Reader = connection.client.reader()
    let round: Round | undefined
    try {
      const quarantined = await connection.held(etlQuarantine, () => undefined)
      const checkpoints = source === null ? new Map() : await connection.held(etlCheckpoints)
      round = await Round.open({ connection, reader, namespace, topics, warehouse, source, quarantined: [...quarantined.values()], checkpoints })
      await work(round)
    } finally {
      round?.close()
      await reader.close()
    }
  }
}

function resultOf(table: string, { source, topic, warehouse, different, complete, leftOut }: Look, at: number): TableReconciliation {
  const differing: readonly RowAtPlaces[] = [...different.values()]
  const isUndecided = differing.length === 0 && !complete
  return {
    table,
    source: source === null ? null : sumOf(source),
    topic: sumOf(topic),
    warehouse: sumOf(warehouse),
    equal: isUndecided ? null : differing.length === 0,
    undecided: isUndecided ? 'it changes faster than it can be compared' : null,
    differences: countDifferences(differing),
    quarantined: leftOut,
    from: 0,
    to: at,
  }
}

function undecided(table: string, at: number, why: string): TableReconciliation {
  const nothing: TableSum = { rows: 0, checksum: '0'.repeat(32) }
  return { table, source: null, topic: nothing, warehouse: nothing, equal: null, undecided: why, differences: {}, quarantined: 0, from: 0, to: at }
}
