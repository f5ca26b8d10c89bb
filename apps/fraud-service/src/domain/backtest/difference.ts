import type { Outcome, Transaction } from '@swipestream/contracts'
import type { Judgement } from '../rule-set/judge.js'

/** How a transaction's outcome changed, and what it was. `raised` and `lowered`: from review to decline, and back. */
export const changeKinds = [
  'fraudsGained', 'fraudsLost', 'legitimateFlagged', 'legitimateReleased', 'unlabelledFlagged', 'unlabelledReleased', 'raised', 'lowered',
] as const
export type ChangeKind = (typeof changeKinds)[number]

/** What one of the two sets said. */
export interface SetVerdict {
  readonly score: number
  readonly outcome: Outcome
  /** Texts of the reasons, greatest weight first. */
  readonly reasons: readonly string[]
}

export interface Example {
  readonly transaction_id: string
  readonly card_id: string
  /** Milliseconds since the Unix epoch. */
  readonly occurred_at: number
  readonly amount_minor: number
  readonly currency: string
  readonly fraud: boolean | null
  readonly live: SetVerdict
  readonly candidate: SetVerdict
}

export interface Difference {
  /** Transactions by the outcome of the live set, then by that of the candidate. */
  readonly outcomes: Readonly<Record<Outcome, Readonly<Record<Outcome, number>>>>
  readonly changes: Readonly<Record<ChangeKind, { readonly count: number; readonly examples: readonly Example[] }>>
}

const nothing = (): Record<Outcome, number> => ({ approve: 0, review: 0, decline: 0 })

/** Counts where two sets judge the same transactions differently, and keeps the first examples of each kind. */
export class DifferenceTally {
  readonly #outcomes: Record<Outcome, Record<Outcome, number>> = { approve: nothing(), review: nothing(), decline: nothing() }
  readonly #changes = Object.fromEntries(changeKinds.map((kind) => [kind, { count: 0, examples: [] }])) as unknown as Record<ChangeKind, { count: number; examples: Example[] }>

  /** @param examples how many of each kind are kept */
  constructor(private readonly examples: number) {}

  add(tx: Transaction, fraud: boolean | null, live: Judgement, candidate: Judgement): void {
    this.#outcomes[live.outcome][candidate.outcome]++
    const kind = kindOf(fraud, live.outcome, candidate.outcome)
    if (kind === undefined) return
    const change = this.#changes[kind]
    change.count++
    if (change.examples.length === this.examples) return
    const { transaction_id, card_id, occurred_at, amount_minor, currency } = tx
    change.examples.push({ transaction_id, card_id, occurred_at, amount_minor, currency, fraud, live: verdictOf(live), candidate: verdictOf(candidate) })
  }

  result(): Difference {
    return { outcomes: this.#outcomes, changes: this.#changes }
  }
}

function kindOf(fraud: boolean | null, live: Outcome, candidate: Outcome): ChangeKind | undefined {
  if (live === candidate) return undefined
  if (live !== 'approve' && candidate !== 'approve') return live === 'review' ? 'raised' : 'lowered'
  const flagged = live === 'approve'
  if (fraud === null) return flagged ? 'unlabelledFlagged' : 'unlabelledReleased'
  if (fraud) return flagged ? 'fraudsGained' : 'fraudsLost'
  return flagged ? 'legitimateFlagged' : 'legitimateReleased'
}

function verdictOf({ score, outcome, reasons }: Judgement): SetVerdict {
  return { score, outcome, reasons: reasons.map(({ text }) => text) }
}
