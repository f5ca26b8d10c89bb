import type { RankStep } from '@swipestream/fraud-service/engine'

/** A transaction as figures see it. */
export interface Scored {
  /** Days since the Unix epoch. */
  readonly day: number
  readonly customer: string
  readonly fraud: boolean
  /** Of any scale: only its order counts. */
  readonly score: number
}

/**
 * Card precision@k of the Handbook: each day the k customers with the highest score of a transaction are looked at; the
 * share of them with a fraud that day, as a mean over the days. Who was found is not looked at again. A day of fewer
 * customers is divided by k all the same. Of equal scores the customer of the smaller number comes first.
 */
export function cardPrecision(scored: readonly Scored[], k = 100): number {
  const days = Map.groupBy(scored, ({ day }) => day)
  const found = new Set<string>()
  let sum = 0
  for (const [, ofDay] of [...days].sort(([a], [b]) => a - b)) {
    const customers = [...customersOf(ofDay)].filter(([customer]) => !found.has(customer))
    customers.sort(([a, { score }], [b, other]) => other.score - score || a.localeCompare(b, 'en', { numeric: true }))
    const hits = customers.slice(0, k).filter(([, { fraud }]) => fraud)
    for (const [customer] of hits) found.add(customer)
    sum += hits.length / k
  }
  return days.size === 0 ? Number.NaN : sum / days.size
}

/** Each customer's greatest score, and whether there was a fraud. */
function customersOf(ofDay: readonly Scored[]): Map<string, { score: number; fraud: boolean }> {
  const customers = new Map<string, { score: number; fraud: boolean }>()
  for (const { customer, score, fraud } of ofDay) {
    const before = customers.get(customer)
    customers.set(customer, { score: Math.max(score, before?.score ?? Number.NEGATIVE_INFINITY), fraud: fraud || (before?.fraud ?? false) })
  }
  return customers
}

/** How many of each kind there are at each score, greatest score first. */
export function stepsOf(scored: readonly Pick<Scored, 'fraud' | 'score'>[]): RankStep[] {
  const steps: { score: number; frauds: number; others: number }[] = []
  for (const { score, fraud } of scored.toSorted((a, b) => b.score - a.score)) {
    let step = steps.at(-1)
    if (step?.score !== score) steps.push((step = { score, frauds: 0, others: 0 }))
    if (fraud) step.frauds++
    else step.others++
  }
  return steps
}
