import type { EventOrder, Transaction } from '@swipestream/contracts'
import type { Judgement } from '../rule-set/judge.js'
import type { RuleSet } from '../rule-set/rule-set.js'
import { dayOf } from './days.js'
import { type Difference, DifferenceTally } from './difference.js'
import { FraudEpisodes } from './fraud-episodes.js'
import { type SetFigures, SetTally } from './set-tally.js'
import { type Swiped, timeOf } from './stream.js'

/** Which transactions are reported, by their time (`timeOf`), milliseconds since the Unix epoch; others only warm up. */
export interface Span {
  readonly from: number
  /** The first moment after them. */
  readonly end: number
}

export interface BacktestFigures {
  /** Reported transactions. */
  readonly transactions: number
  readonly labels: { readonly frauds: number; readonly legitimate: number; readonly unlabelled: number }
  /** First and last reported transaction, milliseconds since the Unix epoch; null without any. */
  readonly first: number | null
  readonly last: number | null
  /** Days, UTC, from the first one's to the last one's, both included. */
  readonly days: number
  readonly orders: Readonly<Record<EventOrder, number>>
  /** Episodes of fraud that begin among them. */
  readonly episodes: number
  readonly live: SetFigures
  readonly candidate: SetFigures | null
  readonly difference: Difference | null
}

/** Counts what one or two rule sets make of the same transactions. Memory is by cards, rules and episodes of fraud. */
export class BacktestTally {
  readonly #episodes = new FraudEpisodes()
  readonly #live: SetTally
  readonly #candidate: { readonly set: SetTally; readonly difference: DifferenceTally } | undefined
  readonly #labels = { frauds: 0, legitimate: 0, unlabelled: 0 }
  readonly #orders: Record<EventOrder, number> = { in_order: 0, late: 0, too_late: 0, ahead: 0 }
  #transactions = 0
  #first = Number.POSITIVE_INFINITY
  #last = Number.NEGATIVE_INFINITY

  /** @param examples how many transactions of each kind of difference are kept */
  constructor(live: RuleSet, candidate: RuleSet | undefined, private readonly span: Span, examples: number) {
    this.#live = new SetTally(live)
    this.#candidate = candidate === undefined ? undefined : { set: new SetTally(candidate), difference: new DifferenceTally(examples) }
  }

  /** Whether a transaction is reported: only these must be judged. */
  reports(tx: Transaction): boolean {
    const at = timeOf(tx)
    return at >= this.span.from && at < this.span.end
  }

  /** A transaction that only warms up: an episode of fraud may begin with it. */
  pass({ tx, fraud }: Swiped): void {
    if (fraud === true) this.#episodes.of(tx.card_id, timeOf(tx), false)
  }

  add({ tx, fraud }: Swiped, order: EventOrder, live: Judgement, candidate: Judgement | undefined): void {
    const at = timeOf(tx)
    const counted = { at, fraud, episode: fraud === true ? this.#episodes.of(tx.card_id, at, true) : undefined }
    this.#transactions++
    this.#labels[fraud === null ? 'unlabelled' : fraud ? 'frauds' : 'legitimate']++
    this.#orders[order]++
    this.#first = Math.min(this.#first, at)
    this.#last = Math.max(this.#last, at)
    this.#live.add(live, counted)
    if (candidate === undefined) return
    this.#candidate?.set.add(candidate, counted)
    this.#candidate?.difference.add(tx, fraud, live, candidate)
  }

  figures(): BacktestFigures {
    const none = this.#transactions === 0
    const days = none ? 0 : dayOf(this.#last) - dayOf(this.#first) + 1
    const whole = { frauds: this.#labels.frauds, days, episodes: this.#episodes.count }
    return {
      transactions: this.#transactions,
      labels: { ...this.#labels },
      first: none ? null : this.#first,
      last: none ? null : this.#last,
      days,
      orders: { ...this.#orders },
      episodes: this.#episodes.count,
      live: this.#live.figures(whole),
      candidate: this.#candidate?.set.figures(whole) ?? null,
      difference: this.#candidate?.difference.result() ?? null,
    }
  }
}
