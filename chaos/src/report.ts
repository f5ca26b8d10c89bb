import type { FaultKind } from './faults/faults.js'
import type { Judgement } from './oracle/judge.js'
import type { Verdict } from './oracle/ledger.js'
import { type Pipeline, pipelines } from './oracle/oracle.js'

export interface Observed {
  readonly seed: number
  readonly client: string
  readonly seconds: number
  readonly drainSeconds: number
  readonly drained: boolean
  readonly faults: Readonly<Partial<Record<FaultKind | 'restarted', number>>>
  /** How often the broker gave up coordinating a group, and was restarted for it. */
  readonly failedCoordinators: number
  readonly judgement: Judgement
  /** Records handled that had been before, and all that were to be handled; by restart where there were some. */
  readonly handledTwice: { readonly records: number; readonly of: number; readonly byRestart?: readonly number[] }
  readonly rssMb: Readonly<Record<string, { readonly now: number; readonly highest: number }>>
  readonly deaths: readonly string[]
  /** Promises that were seen to break while it ran. */
  readonly broken: readonly string[]
}

type ByPipeline = Record<Pipeline, number>

/** What the last line of `--json` says. */
export interface Report extends Omit<Observed, 'judgement' | 'broken'> {
  readonly obligations: ByPipeline
  readonly lost: ByPipeline
  readonly duplicated: ByPipeline
  readonly disordered: ByPipeline
  readonly unequal: ByPipeline
  readonly unasked: ByPipeline
  readonly aborted: Judgement['aborted']
  readonly hanging: number
  readonly deadLetters: number
  /** What is wrong, with keys and offsets. */
  readonly samples: readonly string[]
  readonly broken: readonly string[]
}

const findings = ['lost', 'duplicated', 'disordered', 'unequal', 'unasked'] as const

export function reportOf({ judgement, broken: seen, ...observed }: Observed): Report {
  const { verdicts, aborted, hanging, deadLetters } = judgement
  const by = (field: Exclude<keyof Verdict, 'samples'>) => Object.fromEntries(pipelines.map((name) => [name, verdicts[name][field]])) as ByPipeline
  const broken = [...seen, ...observed.deaths]
  for (const name of pipelines) {
    for (const finding of findings) if (verdicts[name][finding] > 0) broken.push(`${name}: ${verdicts[name][finding]} ${finding} of ${verdicts[name].obligations}`)
  }
  if (hanging > 0) broken.push(`${hanging} records stand behind a transaction that nobody has ended`)
  if (deadLetters > 0) broken.push(`${deadLetters} records were given up`)
  if (!observed.drained) broken.push('not all came out: nothing moved any more')
  const samples = pipelines.flatMap((name) => verdicts[name].samples.map((sample) => `${name}: ${sample}`))
  return {
    ...observed,
    obligations: by('obligations'),
    lost: by('lost'),
    duplicated: by('duplicated'),
    disordered: by('disordered'),
    unequal: by('unequal'),
    unasked: by('unasked'),
    aborted, hanging, deadLetters, samples, broken,
  }
}

/** The report for people, one line each. */
export function linesOf(report: Report): string[] {
  const counts = (of: object) => Object.entries(of).map(([name, count]) => `${name} ${count}`).join(', ')
  const memory = Object.entries(report.rssMb).map(([name, { now, highest }]) => `${name} ${now} (at most ${highest})`).join(', ')
  const { records, of, byRestart } = report.handledTwice
  return [
    `${report.seconds} s with faults, ${report.drainSeconds} s to finish; client ${report.client}, seed ${report.seed}`,
    `faults: ${counts(report.faults)}; of the broker's own, answered by a restart: ${report.failedCoordinators}`,
    `owed: ${counts(report.obligations)}`,
    ...findings.map((finding) => `${finding}: ${counts(report[finding])}`),
    `in aborted transactions: ${counts(report.aborted)}`,
    `handled twice: ${records} of ${of}${byRestart ? `; by restart ${byRestart.join(' ')}` : ''}`,
    `memory in MB: ${memory}`,
    ...report.samples.map((sample) => `  ${sample}`),
    ...report.broken.map((sentence) => `BROKEN: ${sentence}`),
    ...(report.broken.length === 0 ? ['Every promise held.'] : []),
  ]
}
