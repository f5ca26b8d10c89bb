import { describe, expect, it } from 'vitest'
import { exampleTransaction } from '../example-transaction.js'
import { shortHash } from '../features/hash.js'
import { DAY_MS } from './days.js'
import { History } from './history.js'
import { LateLabels } from './late-labels.js'
import type { Swiped } from './stream.js'

const start = Date.UTC(2026, 0, 1)

function swiped(transaction_id: string, at: number, random: number, fraud: boolean): Swiped {
  const tx = exampleTransaction({
    transaction_id, card_id: `card-${random % 20}`, terminal_id: `terminal-${random % 8}`, amount_minor: 100 + (random % 40_000), occurred_at: at, received_at: at,
  })
  return { kind: 'transaction', tx, fraud }
}

/** Reproducible, of all kinds: 20 cards at 8 terminals, six weeks long. */
function table(seed: number, count = 1_500): Swiped[] {
  return Array.from({ length: count }, (_, row) => {
    const random = Math.abs(shortHash(`${seed} ${row}`))
    return swiped(`${seed}-${row}`, start + Math.floor((row / count) * 42 * DAY_MS), random, random % 12 === 0)
  })
}

const seenOf = (rows: readonly Swiped[]) => {
  const [history, labels] = [new History(), new LateLabels()]
  return rows.flatMap((row) => Array.from(labels.with(row))).flatMap((event) => {
    if (event.kind === 'feedback') {
      history.hear(event.feedback)
      return []
    }
    const seen = history.see(event.tx)
    return seen === 'duplicate' ? expect.unreachable() : [{ tx: event.tx, taken: seen.taken, features: seen.observed.features }]
  })
}
const at = ({ tx }: Pick<Swiped, 'tx'>): number => tx.occurred_at

const rows = table(1)

describe('the history', () => {
  it.each([0.3, 0.6, 0.9])('shows a transaction nothing of what comes after: cut at %f, and with another future', (share) => {
    const cut = Math.floor(rows.length * share)
    const past = rows.slice(0, cut)
    const last = past.at(-1)?.tx.occurred_at ?? 0
    const other = table(2).filter((row) => at(row) > last)
    const whole = seenOf(rows).slice(0, cut)
    expect(seenOf(past)).toEqual(whole)
    expect(seenOf([...past, ...other]).slice(0, cut)).toEqual(whole)
  })

  it('does not know a label for 7 days: with all labels of a week turned, the features of that week are the same', () => {
    const from = start + 20 * DAY_MS
    const turned = rows.map((row) => (at(row) >= from ? { ...row, fraud: !row.fraud } : row))
    const before = (seen: ReturnType<typeof seenOf>, end: number) => seen.filter((one) => at(one) < end)
    expect(before(seenOf(turned), from + 7 * DAY_MS)).toEqual(before(seenOf(rows), from + 7 * DAY_MS))
    expect(before(seenOf(turned), from + 8 * DAY_MS)).not.toEqual(before(seenOf(rows), from + 8 * DAY_MS))
  })

  it('knows a label exactly 7 days after its transaction, and blocks no card by it', () => {
    const fraud = swiped('f', start, 0, true)
    const later = (time: number) => swiped(String(time), time, 0, false)
    const [, before, then] = seenOf([fraud, later(start + 7 * DAY_MS - 1), later(start + 7 * DAY_MS)])
    expect([before?.features.card_frauds_30d, then?.features.card_frauds_30d, then?.features.terminal_frauds_30d, then?.features.card_blocked]).toEqual([0, 1, 1, false])
  })
})
