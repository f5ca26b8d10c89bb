import { DAY_MS, LABEL_DELAY_MS } from '@swipestream/fraud-service/engine'
import { parsed, UsageError } from '../options.js'
import { type Days, daysOf } from './days.js'

export interface QualityOptions {
  readonly json: boolean
  /** The table; null: that of the Fraud Detection Handbook, where SWIPESTREAM_DATA has it. */
  readonly input: string | null
  readonly train: Days
  readonly test: Days
  /** Also trains and asks models; without it rules alone are measured. */
  readonly model: boolean
}

/** The weeks of the table to beat: Fraud Detection Handbook, chapter 3. */
export const defaultTrain = '2018-07-25..2018-07-31'
export const defaultTest = '2018-08-08..2018-08-14'

export const qualityUsage = `npm run bench -- fraud-quality [options]

Runs labelled transactions through fraud-service's own functions and measures how well they are told: see docs/detection-quality.md.

  --json            the last line of the output is one JSON object
  --input FILE      the table, CSV or CSV.gz (default: fraud-handbook/*.csv.gz under SWIPESTREAM_DATA)
  --train FROM..TO  days the model learns from (default ${defaultTrain})
  --test FROM..TO   days that are measured, from a week after the last of those on (default ${defaultTest})
  --rules-only      trains no model, and needs no Python

Exit code: 0 every goal was met (they are for the default days alone), 1 one was missed, 2 wrong use.`

/** @throws UsageError */
export function readQualityOptions(args: readonly string[]): QualityOptions | 'help' {
  const { values, positionals } = parsed(args, {
    json: { type: 'boolean' },
    input: { type: 'string' },
    train: { type: 'string' },
    test: { type: 'string' },
    'rules-only': { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  })
  if (values.help) return 'help'
  if (positionals.length > 1) throw new UsageError(`fraud-quality takes options only, not ${positionals.slice(1).join(' ')}`)
  const train = daysNamed('--train', values.train ?? defaultTrain)
  const test = daysNamed('--test', values.test ?? defaultTest)
  // before that, labels of the last training days would not be known yet
  if (test.from < train.end + LABEL_DELAY_MS) throw new UsageError(`--test begins ${LABEL_DELAY_MS / DAY_MS} days after the last day of --train or later: labels come so late`)
  return { json: values.json ?? false, input: values.input ?? null, train, test, model: !(values['rules-only'] ?? false) }
}

export function isDefault({ input, train, test }: QualityOptions): boolean {
  return input === null && train.text === defaultTrain && test.text === defaultTest
}

function daysNamed(option: string, text: string): Days {
  const days = daysOf(text)
  if (days === undefined) throw new UsageError(`${option} takes two days such as ${defaultTrain}, not ${text}`)
  return days
}
