import { type CommandLine, type Outcome, type Output, runCommand, UsageError, wholeNumber } from '@swipestream/messaging'
import { detectionQuality } from '../domain/detect/synthetic/quality.js'

/** What it does, in the list of commands. */
export const summary = 'how well failures are found: run detection over synthetic traffic'

const help = `Usage: npm run logs -- detection [--days N] [--peak N] [--seed N] [--json]

Runs failure detection over synthetic traffic with known incidents, and prints how soon each kind is found, and how many
alarms were false.

  --days N   of traffic (default: 14)
  --peak N   requests a second at the busiest hour (default: 5)
  --seed N   another one gives other traffic (default: 1)
  --json     print one JSON object as the last line
  --help     print this

Exit code: 0 every promise holds, 1 one is broken, 2 wrong use.`

const options = { days: { type: 'string' }, peak: { type: 'string' }, seed: { type: 'string' } } as const

type Values = Parameters<CommandLine<typeof options>['perform']>[2]

/** Runs `logs detection`; the exit code. */
export function run(args: readonly string[], _env: NodeJS.ProcessEnv, output: Output): Promise<number> {
  return runCommand({ script: 'logs', help, options, perform: (_, names, values) => detection(names, values) }, ['detection', ...args], output)
}

/** Seconds within which half of the outages must be found, where there are at least some requests a second. */
const outageSeconds = 10

/** @throws UsageError */
function detection(names: readonly string[], { days = '14', peak = '5', seed = '1' }: Values): Promise<Outcome> {
  if (names.length > 0) throw new UsageError(`detection takes no names: ${names.join(' ')}`)
  const { events: _events, ...quality } = detectionQuality({ days: wholeNumber('--days', days, 365), peak: wholeNumber('--peak', peak, 1_000), seed: wholeNumber('--seed', seed) })
  const rows = Object.entries(quality.kinds).map(
    ([kind, { incidents, found, detectP50, detectMax, resolved }]) => `${kind.padEnd(10)} found ${found} of ${incidents}, after ${detectP50 ?? '-'} s (median), at the latest ${detectMax ?? '-'} s; ${resolved} told to be over`,
  )
  const p50 = quality.kinds.outage.detectP50
  const broken = p50 !== null && p50 > outageSeconds && Number(peak) >= 5 ? [{ rule: 'outage', message: `half of the outages were found after ${p50} s, not within ${outageSeconds} s` }] : []
  const alarms = `${quality.falseAlarms} false alarms in ${quality.days} days (${quality.falseAlarmsADay.toFixed(2)} a day), ${quality.requests} entries`
  return Promise.resolve({ lines: [...rows, alarms, ...broken.map(({ message }) => message)], json: { ...quality, broken } })
}
