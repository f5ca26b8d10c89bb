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
 * Area under the ROC curve: how often a fraud has a higher score than another transaction; equal scores count half, as
 * the trapezoids of scikit-learn's `roc_auc_score` do. NaN without both kinds.
 */
export function rocAuc(scored: readonly Pick<Scored, 'fraud' | 'score'>[]): number {
  let [won, frauds, others] = [0, 0, 0]
  for (const step of stepsOf(scored)) {
    // frauds above beat all others of this step; those of the same step beat half
    won += step.others * (frauds + step.frauds / 2)
    frauds += step.frauds
    others += step.others
  }
  return frauds === 0 || others === 0 ? Number.NaN : won / (frauds * others)
}

/**
 * Average precision as scikit-learn's `average_precision_score` defines it: the sum over thresholds, greatest first, of
 * the precision there times the recall that was gained. Equal scores are one threshold. NaN without frauds.
 */
export function averagePrecision(scored: readonly Pick<Scored, 'fraud' | 'score'>[]): number {
  let [sum, frauds, all] = [0, 0, 0]
  for (const step of stepsOf(scored)) {
    frauds += step.frauds
    all += step.frauds + step.others
    sum += step.frauds * (frauds / all)
  }
  return frauds === 0 ? Number.NaN : sum / frauds
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
function stepsOf(scored: readonly Pick<Scored, 'fraud' | 'score'>[]): { frauds: number; others: number }[] {
  const steps: { score: number; frauds: number; others: number }[] = []
  for (const { score, fraud } of scored.toSorted((a, b) => b.score - a.score)) {
    let step = steps.at(-1)
    if (step?.score !== score) steps.push((step = { score, frauds: 0, others: 0 }))
    if (fraud) step.frauds++
    else step.others++
  }
  return steps
}
