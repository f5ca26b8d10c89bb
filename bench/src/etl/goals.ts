import type { Goal } from '../goals.js'

/** What is held to a goal; a part that was not measured has none of it. */
export interface Held {
  /** Rows a second of a snapshot by extract, divided by those of Debezium's. */
  readonly snapshotVsDebezium?: number
  /** Records a second that load merges into the warehouse, divided by those that DuckDB alone merges from files. */
  readonly loadVsDuckdb?: number
  /** From the moment for which a change was meant until its row is visible in the warehouse, in milliseconds. */
  readonly freshnessP99Ms?: number
  /** Changes that never came to the warehouse. */
  readonly changesLost?: number
  /** Memory near the end of a large table, divided by that after its first tenth. */
  readonly extractRssGrowth?: number
  readonly loadRssGrowth?: number
}

/** Memory that does not grow with the table may still move by so much. */
const flat = 1.3

export const goals: Readonly<Record<keyof Held, Goal>> = {
  snapshotVsDebezium: { least: 2 },
  loadVsDuckdb: { least: 0.3 },
  freshnessP99Ms: { most: 5_000 },
  changesLost: { most: 0 },
  extractRssGrowth: { most: flat },
  loadRssGrowth: { most: flat },
}
