import type { Outcome } from '@swipestream/contracts'
import { formatAmount, groupDigits } from '@swipestream/contracts/money'
import { plain, tableOf, timeOf } from '@swipestream/messaging'
import type { BacktestFigures } from '../../domain/backtest/backtest-tally.js'
import { type ChangeKind, changeKinds, type Difference, type Example, type SetVerdict } from '../../domain/backtest/difference.js'
import type { FiringFigures } from '../../domain/backtest/firings.js'
import type { SetFigures } from '../../domain/backtest/set-tally.js'
import type { RuleChanges } from './rule-sets.js'

/** A longer name of a rule is cut in tables, which are to fit 100 columns. */
const NAME_WIDTH = 24
const outcomes: readonly Outcome[] = ['approve', 'review', 'decline']

const titles: Readonly<Record<ChangeKind, string>> = {
  fraudsGained: 'frauds gained: the candidate flags them',
  fraudsLost: 'frauds lost: the candidate approves them',
  legitimateFlagged: 'legitimate ones newly flagged',
  legitimateReleased: 'legitimate ones released',
  unlabelledFlagged: 'unlabelled ones newly flagged',
  unlabelledReleased: 'unlabelled ones released',
  raised: 'raised from review to decline',
  lowered: 'lowered from decline to review',
}

/** `1 row`, `2 rows`. */
export const many = (number: number, what: string): string => `${count(number)} ${what}${number === 1 ? '' : 's'}`

/** What was judged, for people: one line. */
export function headOf({ transactions, first, last, days, labels, episodes }: BacktestFigures): string {
  if (first === null || last === null) return 'no transaction was judged'
  const span = `${timeOf(first).slice(0, 10)}..${timeOf(last).slice(0, 10)}`
  const labelled = labels.frauds + labels.legitimate
  const known = labelled === 0 ? 'none labelled' : `${count(labelled)} labelled, ${many(labels.frauds, 'fraud')} in ${many(episodes, 'episode')}`
  return `${many(transactions, 'transaction')} of ${span} (${many(days, 'day')}), ${known}`
}

/** A rule set's figures: a table, and what does not fit into one. */
export function setLines(name: string, { outcomes: by, alerts, auc, averagePrecision, rules }: SetFigures): string[] {
  const rows = [...rules.map((rule) => [short(rule.rule_id), rule.mode, ...cells(rule)]), ['review or decline', '', ...cells(alerts)]]
  const columns = ['RULE', 'MODE', 'FIRED', 'FRAUDS', 'PREC', 'RECALL', 'A DAY', 'FOUND', 'MEDIAN', 'P90']
  return [
    '',
    plain(name),
    ...tableOf(columns, rows, columns.map((_, i) => i > 1)),
    `${outcomes.map((outcome) => `${outcome} ${count(by[outcome])}`).join(', ')}; AUC ROC ${share(auc)}, average precision ${share(averagePrecision)}`,
    ...rules.flatMap(({ rule_id, failed, failure }) => (failed === 0 ? [] : [plain(`${rule_id} failed ${many(failed, 'time')}: ${failure}`)])),
  ]
}

/** Where the candidate differs, with examples. */
export function differenceLines({ outcomes: by, changes }: Difference, { added, removed, changed }: RuleChanges): string[] {
  const rules = [
    ...added.map((id) => `added    ${id}`),
    ...removed.map((id) => `removed  ${id}`),
    ...changed.map(({ rule_id, changes: how }) => `changed  ${rule_id} (${how.join(', ')})`),
  ]
  const matrix = outcomes.map((live) => [`live: ${live}`, ...outcomes.map((candidate) => count(by[live][candidate]))])
  return [
    '',
    'candidate against live',
    ...(rules.length === 0 ? ['the rules are the same'] : rules.map(plain)),
    ...tableOf(['', ...outcomes.map((outcome) => `candidate: ${outcome}`)], matrix, [false, true, true, true]),
    ...changeKinds.flatMap((kind) => {
      const change = changes[kind]
      return change.count === 0 ? [] : [`${titles[kind]}: ${count(change.count)}`, ...change.examples.flatMap(exampleLines)]
    }),
  ]
}

function exampleLines({ transaction_id, occurred_at, amount_minor, currency, fraud, live, candidate }: Example): string[] {
  const label = fraud === null ? 'unlabelled' : fraud ? 'fraud' : 'legitimate'
  return [
    plain(`  ${transaction_id}  ${timeOf(occurred_at)}  ${formatAmount(amount_minor, currency)}  ${label}`),
    ...verdictLines('live', live),
    ...verdictLines('candidate', candidate),
  ]
}

function verdictLines(name: string, { score, outcome, reasons }: SetVerdict): string[] {
  return [`    ${name}: ${score}, ${outcome}`, ...reasons.map((reason) => plain(`      ${reason}`))]
}

function cells({ fired, frauds, legitimate, precision, recall, perDay, timeToDetect: { share: found, medianSeconds, p90Seconds } }: FiringFigures): string[] {
  return [
    count(fired), frauds + legitimate === 0 && recall === null ? '-' : count(frauds), share(precision), share(recall), rate(perDay), share(found), duration(medianSeconds), duration(p90Seconds),
  ]
}

const count = (number: number): string => groupDigits(String(number))
const share = (value: number | null): string => (value === null ? '-' : value.toFixed(3))
const rate = (number: number): string => (number < 1_000 ? number.toFixed(1) : count(Math.round(number)))
const short = (name: string): string => (name.length > NAME_WIDTH ? `${name.slice(0, NAME_WIDTH - 1)}…` : name)

/** Narrower than `formatDuration`: of one unit. */
function duration(seconds: number | null): string {
  if (seconds === null) return '-'
  if (seconds === 0) return '0'
  if (seconds < 60) return `${Math.round(seconds)} s`
  if (seconds < 3_600) return `${Math.round(seconds / 60)} min`
  return seconds < 86_400 ? `${(seconds / 3_600).toFixed(1)} h` : `${(seconds / 86_400).toFixed(1)} d`
}
