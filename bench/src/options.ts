import { parseArgs } from 'node:util'

/** What is measured; the letters are those of docs/performance.md. */
export const parts = ['eos', 'plain', 'clients', 'nest', 'hop', 'accept'] as const
export type Part = (typeof parts)[number]

export interface Options {
  readonly json: boolean
  readonly only: readonly Part[]
  /** Rounds of throughput that count; one more comes before them and does not. */
  readonly rounds: number
  /** Alternating pairs of latency runs. */
  readonly hops: number
  /** Records of the input topic. */
  readonly records: number
  /** Directory for CPU profiles of the services measured; null: none is taken. */
  readonly profile: string | null
}

export const usage = `npm run bench -- messaging [options]

Measures messaging on a broker of its own against what people would use instead, both sides in one run: see docs/performance.md.

  --json          the last line of the output is one JSON object
  --only A,B      parts of it: ${parts.join(', ')} (default: all)
  --rounds N      rounds of throughput, after one to warm up (default 3)
  --hops N        alternating runs of latency (default 7)
  --records N     records of the input topic (default 1000000)
  --profile DIR   writes a CPU profile of each service measured there

Exit code: 0 every goal was met, 1 one was missed, 2 wrong use.`

/** Thrown for options that are wrong; the message says what. */
export class UsageError extends Error {}

/** @throws UsageError */
export function readOptions(args: readonly string[]): Options | 'help' {
  const { values, positionals } = parsed(args)
  if (values.help) return 'help'
  const [bench, ...rest] = positionals
  if (bench === undefined) throw new UsageError('say what to measure: messaging')
  if (bench !== 'messaging' || rest.length > 0) throw new UsageError(`no such bench: ${positionals.join(' ')}`)
  return {
    json: values.json ?? false,
    only: values.only === undefined ? parts : values.only.split(',').map(partNamed),
    rounds: wholeNumber('--rounds', values.rounds, 3),
    hops: wholeNumber('--hops', values.hops, 7),
    records: wholeNumber('--records', values.records, 1_000_000),
    profile: values.profile ?? null,
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: 'boolean' },
        only: { type: 'string' },
        rounds: { type: 'string' },
        hops: { type: 'string' },
        records: { type: 'string' },
        profile: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function partNamed(name: string): Part {
  const part = parts.find((each) => each === name)
  if (!part) throw new UsageError(`--only knows ${parts.join(', ')}, not ${name}`)
  return part
}

function wholeNumber(name: string, text: string | undefined, preset: number): number {
  if (text === undefined) return preset
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < 1 || value > 100_000_000) throw new UsageError(`${name} takes a whole number from 1, not ${text}`)
  return value
}
