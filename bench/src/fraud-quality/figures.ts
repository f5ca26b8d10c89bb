import { DECLINE_AT, REVIEW_AT } from '@swipestream/fraud-service/engine'
import { rounded } from '../statistics.js'
import { DAY_MS, dayOf, type Days, LABEL_DELAY_MS } from './days.js'
import { averagePrecision, cardPrecision, rocAuc } from './metrics.js'
import type { Row } from './table.js'

/** A transaction of the test days, and what was made of it. */
export interface Tested {
  readonly row: Row
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
  const kept = tested.filter(({ row }) => !defrauded.isKnown(row)).map(({ row, rank }) => ({ day: dayOf(row.at), customer: row.customer, fraud: row.fraud, score: rank }))
  return {
    auc: rounded(rocAuc(kept)),
    ap: rounded(averagePrecision(kept)),
    cp100: rounded(cardPrecision(kept)),
    review: alertsOf(tested, REVIEW_AT, test),
    decline: alertsOf(tested, DECLINE_AT, test),
  }
}

function alertsOf(tested: readonly Tested[], from: number, { from: first, end }: Days): Alerts {
  const alerts = tested.filter(({ score }) => score >= from)
  const right = alerts.filter(({ row }) => row.fraud).length
  const frauds = tested.filter(({ row }) => row.fraud).length
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
  add({ at, customer, fraud }: Row): void {
    if (fraud && at >= this.train.from && !this.#since.has(customer)) this.#since.set(customer, dayOf(at))
  }

  isKnown({ at, customer }: Pick<Row, 'at' | 'customer'>): boolean {
    const since = this.#since.get(customer)
    return since !== undefined && since < dayOf(at - LABEL_DELAY_MS)
  }
}

