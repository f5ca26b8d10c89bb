import { decide, type FraudModel, History, type LabelledFeatures, type RuleSet, type Seen, type StreamEvent, type Swiped } from '@swipestream/fraud-service/engine'
import { type Days, isWithin } from './days.js'
import { Defrauded, type Figures, figuresOf, type Tested } from './figures.js'
import type { Subject } from './goals.js'

/** As many as a service's batch has at most. */
const BATCH = 1_000

/** Models by what they are called in the result. */
export type Models = Readonly<Partial<Record<Exclude<Subject, 'rules'>, FraudModel>>>

export interface Measuring {
  readonly rules: RuleSet
  readonly train: Days
  readonly test: Days
  /** Told of each transaction up to the last training day. Its label is known before the test days: they begin so much later. */
  readonly onTraining?: (labelled: LabelledFeatures) => void
  /** Asked when the first test day begins. */
  readonly models?: () => Promise<Models>
  /** Told of each transaction before it is seen; may let the reading wait. */
  readonly onRow?: (at: number) => Promise<void> | undefined
}

export interface Measured {
  readonly transactions: number
  /** Of the test days, in the order of time. */
  readonly tested: Readonly<Partial<Record<Subject, readonly Tested[]>>>
  readonly figures: Readonly<Partial<Record<Subject, Figures>>>
}

type TestedRow = Seen & { readonly row: Swiped }

/**
 * Sees a table's transactions one by one, and decides those of the test days: by the rules alone, and by them with each
 * model. Decisions leave nothing behind, so that those of other days need not be made. Nothing after the test days is
 * read, and models come of nothing but what was known before these.
 *
 * @param stream in the order of time, every transaction labelled
 * @throws Error for an id that was there shortly before, and a transaction out of order or without a label
 */
export async function measure(stream: AsyncIterable<readonly StreamEvent[]>, { rules, train, test, onTraining, models, onRow }: Measuring): Promise<Measured> {
  const history = new History()
  const defrauded = new Defrauded(train)
  const tested: Partial<Record<Subject, Tested[]>> = { rules: [] }
  let ready: Models | undefined
  let batch: TestedRow[] = []
  let [transactions, newest] = [0, Number.NEGATIVE_INFINITY]

  for await (const event of flat(stream)) {
    if (event.kind === 'feedback') {
      history.hear(event.feedback)
      continue
    }
    const { tx: { transaction_id, occurred_at: at }, fraud } = event
    if (at >= test.end) break
    if (fraud === null) throw new Error(`the transaction ${transaction_id} has no label`)
    if (at < newest) throw new Error(`the transaction ${transaction_id} is not in the order of time`)
    newest = at
    const waiting = onRow?.(at)
    if (waiting !== undefined) await waiting
    if (at >= test.from) ready ??= (await models?.()) ?? {}
    transactions++
    defrauded.add(event)
    const seen = history.see(event.tx)
    if (seen === 'duplicate') throw new Error(`the transaction ${transaction_id} is in the table twice`)
    if (at < train.end) onTraining?.({ at, fraud, features: seen.observed.features })
    if (isWithin(at, test) && batch.push({ row: event, ...seen }) === BATCH) await judgeBatch()
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

async function* flat(stream: AsyncIterable<readonly StreamEvent[]>): AsyncGenerator<StreamEvent> {
  for await (const events of stream) yield* events
}
