import { decide, type FraudModel, type RuleSet } from '@swipestream/fraud-service/engine'
import { type Days, isWithin } from './days.js'
import { Defrauded, type Figures, figuresOf, type Tested } from './figures.js'
import { History, type Labelled, type Seen } from './history.js'
import type { Subject } from './goals.js'
import type { Row } from './table.js'

/** As many as a service's batch has at most. */
const BATCH = 1_000

/** Models by what they are called in the result. */
export type Models = Readonly<Partial<Record<Exclude<Subject, 'rules'>, FraudModel>>>

export interface Measuring {
  readonly rules: RuleSet
  readonly train: Days
  readonly test: Days
  /** Told of each transaction up to the last training day, when its label is known. */
  readonly onLabel?: (labelled: Labelled) => void
  /** Asked when the first test day begins, with all labels known that are so by then. */
  readonly models?: () => Promise<Models>
  /** Told of each transaction before it is seen; may let the reading wait. */
  readonly onRow?: (row: Row) => Promise<void> | undefined
}

export interface Measured {
  readonly transactions: number
  /** Of the test days, in the order of time. */
  readonly tested: Readonly<Partial<Record<Subject, readonly Tested[]>>>
  readonly figures: Readonly<Partial<Record<Subject, Figures>>>
}

/**
 * Sees a table's transactions one by one, and decides those of the test days: by the rules alone, and by them with each
 * model. Decisions leave nothing behind, so that those of other days need not be made. Nothing after the test days is
 * read, and models come of nothing but what was known before these.
 */
export async function measure(rows: AsyncIterable<Row> | Iterable<Row>, { rules, train, test, onLabel, models, onRow }: Measuring): Promise<Measured> {
  const history = new History((labelled) => {
    if (labelled.row.at < train.end) onLabel?.(labelled)
  })
  const defrauded = new Defrauded(train)
  const tested: Partial<Record<Subject, Tested[]>> = { rules: [] }
  let ready: Models | undefined
  let batch: Seen[] = []
  let transactions = 0

  for await (const row of rows) {
    if (row.at >= test.end) break
    const waiting = onRow?.(row)
    if (waiting !== undefined) await waiting
    if (ready === undefined && row.at >= test.from) {
      history.labelsUntil(test.from)
      ready = (await models?.()) ?? {}
    }
    transactions++
    defrauded.add(row)
    const seen = history.see(row)
    if (!isWithin(row.at, test)) continue
    if (batch.push(seen) === BATCH) await judgeBatch()
  }
  await judgeBatch()
  const figures = Object.fromEntries(Object.entries(tested).map(([subject, list]) => [subject, figuresOf(list, defrauded, test)]))
  return { transactions, tested, figures }

  async function judgeBatch(): Promise<void> {
    for (const seen of batch) {
      const score = scoreOf(seen, rules, null)
      tested.rules?.push({ row: seen.row, rank: score, score })
    }
    for (const [subject, model] of Object.entries(ready ?? {}) as [keyof Models, FraudModel][]) {
      const list = (tested[subject] ??= [])
      const probabilities = await model.probabilities(batch.map(({ observed }) => observed.features))
      batch.forEach((seen, index) => {
        const rank = probabilities[index] as number
        list.push({ row: seen.row, rank, score: scoreOf(seen, rules, { version: model.version, probability: rank, top: [] }) })
      })
    }
    batch = []
  }
}

function scoreOf({ tx, observed, taken }: Seen, rules: RuleSet, model: Parameters<typeof decide>[5]): number {
  return decide(tx, observed, taken, rules, { topic: 'transactions_log', partition: 0, offset: 0 }, model).decision.score
}
