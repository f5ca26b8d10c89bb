import { parseArgs } from 'node:util'

export interface Options {
  /** Play once, print a summary, end. */
  readonly once: boolean
  readonly json: boolean
  /** A CSV of transactions instead of the story. */
  readonly input: string | null
  /** At most so many rows of it. */
  readonly rows: number
  /** Generated swipes after the story, with `once`. */
  readonly swipes: number
  readonly seed: number
}

export const usage = `npm start [-- options]

Starts servers and services, plays a story of card swipes, shows the alerts, and stays up with traffic until Ctrl-C.

  --once          play once, print a summary, end: 0 when every promise held, 1 when one was broken
  --json          the last line of the output is one JSON object
  --input FILE    transactions from a CSV (plain or .gz) instead of the story and the generated traffic
  --rows N        at most N rows of it
  --swipes N      generated swipes after the story, with --once (default 300)
  --seed N        of the generated traffic (default 1)

Servers that are up already are used when the environment names them: KAFKA_BROKERS, SCHEMA_REGISTRY_URL, POSTGRES_URL,
MYSQL_URL.
How Kafka and the registry let one in is said as to a service: KAFKA_TLS, KAFKA_SASL_MECHANISM, … (docs/configuration.md).
SMTP_URL and TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_FROM send for real.`

/** Thrown for options that are wrong; the message says what. */
export class UsageError extends Error {}

/** @throws UsageError */
export function readOptions(args: string[]): Options | 'help' {
  const { values } = parsed(args)
  if (values.help) return 'help'
  const input = values.input ?? null
  if (input === null && values.rows !== undefined) throw new UsageError('--rows goes with --input FILE')
  if (input !== null && values.swipes !== undefined) throw new UsageError('--swipes is for generated traffic: with --input FILE say --rows')
  return {
    once: values.once ?? false,
    json: values.json ?? false,
    input,
    rows: wholeNumber('--rows', values.rows, Infinity, 1),
    swipes: wholeNumber('--swipes', values.swipes, 300, 0),
    seed: wholeNumber('--seed', values.seed, 1, 0),
  }
}

function parsed(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        once: { type: 'boolean' },
        json: { type: 'boolean' },
        input: { type: 'string' },
        rows: { type: 'string' },
        swipes: { type: 'string' },
        seed: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function wholeNumber(name: string, text: string | undefined, preset: number, least: number): number {
  if (text === undefined) return preset
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < least || value > 2 ** 31 - 1) throw new UsageError(`${name} takes a whole number from ${least}, not ${text}`)
  return value
}
