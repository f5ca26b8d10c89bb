import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { transactionsLog } from '@swipestream/contracts'
import { UsageError } from '@swipestream/messaging'
import type { Span } from '../../domain/backtest/backtest-tally.js'
import { DAY_MS, startOfDay } from '../../domain/backtest/days.js'

/** Beside --json and --help. */
export const options = {
  'input': { type: 'string' },
  'topic': { type: 'string' },
  'rules': { type: 'string' },
  'candidate': { type: 'string' },
  'model': { type: 'string' },
  'from': { type: 'string' },
  'to': { type: 'string' },
  'label-delay': { type: 'string' },
  'examples': { type: 'string' },
  'export-features': { type: 'string' },
} as const

export type Values = { readonly [Name in keyof typeof options]?: string | undefined }

/** What is asked for. */
export interface BacktestRequest {
  readonly source: { readonly input: string } | { readonly topic: string }
  readonly rules: string
  readonly candidate: string | null
  readonly model: string | null
  /** As written; null without a bound. */
  readonly from: string | null
  readonly to: string | null
  readonly span: Span
  /** Milliseconds; undefined unless it was said. */
  readonly labelDelayMs: number | undefined
  readonly examples: number
  readonly exportTo: string | null
}

const unitsMs = { s: 1_000, m: 60_000, h: 3_600_000, d: DAY_MS } as const
const MOST_EXAMPLES = 1_000

/** @throws UsageError */
export function requestOf(names: readonly string[], values: Values): BacktestRequest {
  if (names.length > 0) throw new UsageError(`backtest takes options only, not ${names.join(' ')}`)
  const { input, topic = transactionsLog.name, rules, candidate = null, model = null, from = null, to = null, 'export-features': exportTo = null } = values
  if (input !== undefined && values.topic !== undefined) throw new UsageError('--input and --topic are two sources: say one')
  if (rules === undefined) throw new UsageError('--rules is missing: the folder of the rules to judge by, such as deploy/rules')
  if (input !== undefined && statSync(input, { throwIfNoEntry: false })?.isFile() !== true) throw new UsageError(`--input ${input} is not a file that is there`)
  if (input === undefined && values['label-delay'] !== undefined) throw new UsageError('--label-delay is for --input: labels of a topic come when they were given')
  if (exportTo !== null && statSync(exportTo, { throwIfNoEntry: false })?.isDirectory() === true) throw new UsageError(`--export-features ${exportTo} is a folder`)
  if (input !== undefined && exportTo !== null && resolve(input) === resolve(exportTo)) throw new UsageError('--export-features would overwrite --input')
  const span = {
    from: from === null ? Number.NEGATIVE_INFINITY : dayNamed('--from', from),
    end: to === null ? Number.POSITIVE_INFINITY : dayNamed('--to', to) + DAY_MS,
  }
  if (span.end <= span.from) throw new UsageError(`--to ${to} is before --from ${from}`)
  return {
    source: input === undefined ? { topic } : { input },
    rules, candidate, model, from, to, span,
    labelDelayMs: values['label-delay'] === undefined ? undefined : durationNamed('--label-delay', values['label-delay']),
    examples: countNamed('--examples', values.examples ?? '5'),
    exportTo,
  }
}

function dayNamed(option: string, text: string): number {
  const at = startOfDay(text)
  if (at === undefined) throw new UsageError(`${option} takes a day such as 2018-07-25, not ${text}`)
  return at
}

function durationNamed(option: string, text: string): number {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text === '0' ? '0s' : text) ?? []
  if (count === undefined || unit === undefined) throw new UsageError(`${option} takes a time such as 7d, 12h, 30m, 0, not ${text}`)
  return Number(count) * unitsMs[unit as keyof typeof unitsMs]
}

function countNamed(option: string, text: string): number {
  if (!/^\d{1,4}$/.test(text) || Number(text) > MOST_EXAMPLES) throw new UsageError(`${option} takes a whole number from 0 to ${MOST_EXAMPLES}, not ${text}`)
  return Number(text)
}
