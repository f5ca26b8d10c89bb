import { parseArgs } from 'node:util'

export interface Options {
  /** How long records are written and faults are made. */
  readonly minutes: number
  /** Written together by the producer of the bulk and through the outbox. */
  readonly records: number
  readonly seed: number
  readonly client: (typeof clients)[number]
  /** So many restarts in order, one after the other, instead of faults; null: faults. */
  readonly rolling: number | null
  readonly json: boolean
}

export const clients = ['platformatic', 'kafkajs'] as const

const recordsPerMinute = 210_000
/** Between the begin of one restart and the next. */
const minutesPerRestart = 0.2

export const usage = `npm run chaos [-- options]

Runs writers and consumers of the messaging backbone, each as a process of its own, kills and halts them and the broker
again and again, lets them finish, and holds what is in the broker's log against an account of its own.

  --minutes N     how long records are written and faults are made (default 5)
  --records N     how many are written (default ${recordsPerMinute} a minute)
  --seed N        of records and faults (default 1)
  --client NAME   ${clients.join(' or ')} (default ${clients[0]})
  --rolling N     N restarts in order of the three consumers, one after the other, instead of faults: how many records
                  are handled twice
  --json          the last line of the output is one JSON object

Exit: 0 when every promise held, 1 when one was broken, 2 for wrong use.`

/** Thrown for options that are wrong; the message says what. */
export class UsageError extends Error {}

/** @throws UsageError */
export function readOptions(args: string[]): Options | 'help' {
  const { values } = parsed(args)
  if (values.help) return 'help'
  const rolling = values.rolling === undefined ? null : wholeNumber('--rolling', values.rolling)
  if (rolling !== null && values.minutes !== undefined) throw new UsageError('--rolling lasts as long as its restarts: leave out --minutes')
  const minutes = rolling === null ? positive('--minutes', values.minutes ?? '5') : rolling * minutesPerRestart
  const client = clients.find((name) => name === (values.client ?? clients[0]))
  if (!client) throw new UsageError(`--client takes ${clients.join(' or ')}, not ${values.client}`)
  return {
    minutes,
    records: values.records === undefined ? Math.ceil(recordsPerMinute * minutes) : wholeNumber('--records', values.records),
    seed: values.seed === undefined ? 1 : wholeNumber('--seed', values.seed),
    client,
    rolling,
    json: values.json ?? false,
  }
}

function parsed(args: string[]) {
  const text = { type: 'string' } as const
  try {
    return parseArgs({
      args,
      options: {
        minutes: text, records: text, seed: text, client: text, rolling: text, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d+$/.test(text) || Number(text) < 1 || Number(text) > 2 ** 31 - 1) throw new UsageError(`${name} takes a whole number from 1, not ${text}`)
  return Number(text)
}

function positive(name: string, text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text) || Number(text) <= 0) throw new UsageError(`${name} takes a number above 0, not ${text}`)
  return Number(text)
}
