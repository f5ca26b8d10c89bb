import { parseArgs, type ParseArgsConfig } from 'node:util'

/** What is measured, by the bench; docs/performance.md says how. */
export const parts = {
  messaging: ['eos', 'plain', 'clients', 'nest', 'hop', 'accept'],
  fraud: ['throughput', 'variants', 'latency', 'swipe', 'restore', 'rules'],
  notifier: ['throughput', 'latency', 'kills'],
  etl: ['snapshot', 'load', 'freshness', 'memory'],
  logs: ['ship', 'compressed', 'parse'],
} as const
export type Bench = keyof typeof parts
export type Part<B extends Bench> = (typeof parts)[B][number]

export interface Options<B extends Bench> {
  readonly bench: B
  readonly json: boolean
  readonly only: readonly Part<B>[]
  /** Rounds of throughput that count; messaging has one more before them, which does not. */
  readonly rounds: number
  /** Alternating runs of latency. */
  readonly hops: number
  /** Records of messaging's input topic; of fraud and notifier, those that count in a run; rows of etl's table; lines of the log. */
  readonly records: number
  /** How often the notifier is killed. */
  readonly kills: number
  /** Rows of the table over which etl's memory is looked at. */
  readonly rows: number
  /** Directory for CPU profiles of the services measured; null: none is taken. */
  readonly profile: string | null
}

export type AnyOptions = { readonly [B in Bench]: Options<B> }[Bench]

const defaultRecords: Readonly<Record<Bench, number>> = { messaging: 1_000_000, fraud: 1_000_000, notifier: 20_000, etl: 1_000_000, logs: 2_700_000 }

const defaultRows = 5_000_000

export const usage = `npm run bench -- messaging|fraud|notifier|etl|logs [options]

Measures, on a broker of its own, against what people would use instead, both sides in one run: see docs/performance.md.

  messaging       reading, handling and writing records
  fraud           fraud-service against its peer on Kafka Streams
  notifier        e-mails through the ledger against nodemailer alone, and through kills
  etl             tables to topics against Debezium, topics to the warehouse against DuckDB alone; freshness, memory
  logs            log files to Kafka against rsyslog and syslog-ng, and their parsing

  --json          the last line of the output is one JSON object
  --only A,B      parts of it (default: all)
                  messaging: ${parts.messaging.join(', ')}
                  fraud: ${parts.fraud.join(', ')}
                  notifier: ${parts.notifier.join(', ')}
                  etl: ${parts.etl.join(', ')}
                  logs: ${parts.logs.join(', ')}
  --rounds N      rounds of throughput (default 3)
  --hops N        alternating runs of latency (messaging, fraud) (default 7)
  --records N     records of the input topic (messaging), or that count in a run (fraud, notifier); rows (etl); lines (logs)
                  (default ${defaultRecords.messaging}; notifier: ${defaultRecords.notifier}, logs: ${defaultRecords.logs})
  --kills N       how often the notifier is killed (default 200)
  --rows N        rows of the table for memory (etl) (default ${defaultRows})
  --profile DIR   writes a CPU profile of each service measured there

Exit code: 0 every goal was met, 1 one was missed, 2 wrong use.`

/** Thrown for options that are wrong; the message says what. */
export class UsageError extends Error {}

/** @throws UsageError */
export function readOptions(args: readonly string[]): AnyOptions | 'help' {
  const { values, positionals } = parsed(args, {
    json: { type: 'boolean' },
    only: { type: 'string' },
    rounds: { type: 'string' },
    hops: { type: 'string' },
    records: { type: 'string' },
    kills: { type: 'string' },
    rows: { type: 'string' },
    profile: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  })
  if (values.help) return 'help'
  const [bench, ...rest] = positionals
  if (bench === undefined) throw new UsageError(`say what to measure: ${Object.keys(parts).join(', ')} or fraud-quality`)
  if (!isBench(bench) || rest.length > 0) throw new UsageError(`no such bench: ${positionals.join(' ')}`)
  const common = {
    json: values.json ?? false,
    rounds: wholeNumber('--rounds', values.rounds, 3),
    hops: wholeNumber('--hops', values.hops, 7),
    records: wholeNumber('--records', values.records, defaultRecords[bench]),
    kills: wholeNumber('--kills', values.kills, 200),
    rows: wholeNumber('--rows', values.rows, defaultRows),
    profile: values.profile ?? null,
  }
  switch (bench) {
    case 'messaging':
      return { bench, only: partsNamed(bench, values.only), ...common }
    case 'fraud':
      return { bench, only: partsNamed(bench, values.only), ...common }
    case 'notifier':
      return { bench, only: partsNamed(bench, values.only), ...common }
    case 'etl':
      return { bench, only: partsNamed(bench, values.only), ...common }
    case 'logs':
      return { bench, only: partsNamed(bench, values.only), ...common }
  }
}

function isBench(name: string): name is Bench {
  return Object.hasOwn(parts, name)
}

/** What the arguments say, by these options. @throws UsageError */
export function parsed<const O extends NonNullable<ParseArgsConfig['options']>>(args: readonly string[], options: O) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function partsNamed<B extends Bench>(bench: B, names: string | undefined): readonly Part<B>[] {
  const known: readonly Part<B>[] = parts[bench]
  return names === undefined ? known : names.split(',').map((name) => {
    const part = known.find((each) => each === name)
    if (!part) throw new UsageError(`--only of ${bench} knows ${known.join(', ')}, not ${name}`)
    return part
  })
}

function wholeNumber(name: string, text: string | undefined, preset: number): number {
  if (text === undefined) return preset
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < 1 || value > 100_000_000) throw new UsageError(`${name} takes a whole number from 1, not ${text}`)
  return value
}
