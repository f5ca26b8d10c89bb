import { averagePrecision, DAY_MS, dayOf, DECLINE_AT, LABEL_DELAY_MS, REVIEW_AT, rocAuc, type Swiped } from '@swipestream/fraud-service/engine'
import { rounded } from '../statistics.js'
import type { Days } from './days.js'
import { cardPrecision, stepsOf } from './metrics.js'

/** A transaction of the test days, and what was made of it. */
export interface Tested {
  readonly row: Swiped
  /** What it is ranked by. */
  readonly rank: number
  /** The decision's score, 0 to 1000. */
  readonly score: number
}

export interface Figures {
  readonly auc: number
  /** Average precision. */
  readonly ap: number
  /** Card precision@100. */
  readonly cp100: number
  /** Of all transactions of the days, by the decision's score. */
  readonly review: Alerts
  readonly decline: Alerts
}

/** Transactions of a score or more. */
interface Alerts {
  readonly from: number
  readonly perDay: number
  /** The share of them that are frauds; null without any. */
  readonly precision: number | null
  /** The share of frauds that is among them. */
  readonly recall: number | null
}

/** The Handbook's figures: without the transactions of customers who were known as defrauded on their day. */
export function figuresOf(tested: readonly Tested[], defrauded: Defrauded, test: Days): Figures {
  const kept = tested.filter(({ row }) => !defrauded.isKnown(row)).map(({ row: { tx, fraud }, rank }) => ({ day: dayOf(tx.occurred_at), customer: tx.card_id, fraud: fraud === true, score: rank }))
  const steps = stepsOf(kept)
  return {
    auc: rounded(rocAuc(steps)),
    ap: rounded(averagePrecision(steps)),
    cp100: rounded(cardPrecision(kept)),
    review: alertsOf(tested, REVIEW_AT, test),
    decline: alertsOf(tested, DECLINE_AT, test),
  }
}

function alertsOf(tested: readonly Tested[], from: number, { from: first, end }: Days): Alerts {
  const alerts = tested.filter(({ score }) => score >= from)
  const right = alerts.filter(({ row }) => row.fraud === true).length
  const frauds = tested.filter(({ row }) => row.fraud === true).length
  const share = (of: number) => (of === 0 ? null : rounded(right / of, 3))
  return { from, perDay: rounded(alerts.length / ((end - first) / DAY_MS), 3), precision: share(alerts.length), recall: share(frauds) }
}

/**
 * Who is known as defrauded: a fraud of theirs lies between the first training day and the day that is a week and a day
 * before. For weeks as the Handbook has them, these are the training week, and one day more for each test day.
 */
export class Defrauded {
  /** First day of a fraud of each customer, from the training's first day on. */
  readonly #since = new Map<string, number>()

  constructor(private readonly train: Days) {}

  /** To be told of every transaction, in the order of time. */
  add({ tx: { occurred_at, card_id }, fraud }: Swiped): void {
    if (fraud === true && occurred_at >= this.train.from && !this.#since.has(card_id)) this.#since.set(card_id, dayOf(occurred_at))
  }

  isKnown({ tx: { occurred_at, card_id } }: Swiped): boolean {
    const since = this.#since.get(card_id)
    return since !== undefined && since < dayOf(occurred_at - LABEL_DELAY_MS)
  }
}
