/** What accepting swipes durably over HTTP gave, against PostgreSQL's own pgbench with the same rows a commit. */
export interface AcceptResult {
  /** Requests under way at a time, and connections of pgbench. */
  readonly concurrency: number
  /** Medians. */
  readonly swipesPerSecond: number
  readonly pgbenchPerSecond: number
  /** Every round, in order. */
  readonly rounds: readonly { readonly swipesPerSecond: number; readonly pgbenchPerSecond: number }[]
  /** Anything else worth knowing, by name; times in milliseconds. */
  readonly figures?: Readonly<Record<string, number>>
}

export interface AcceptOptions {
  /** Of a PostgreSQL with fsync on; the bench makes databases of its own there. */
  readonly postgresUrl: string
  readonly kafkaBrokers: string
  readonly schemaRegistryUrl: string
  /** Rounds that count, each side once a round, after one to warm up. */
  readonly rounds: number
  readonly onProgress: (line: string) => void
}

/** Measures; null when pgbench is not installed, after saying so by `onProgress`. */
export type Accept = (options: AcceptOptions) => Promise<AcceptResult | null>
