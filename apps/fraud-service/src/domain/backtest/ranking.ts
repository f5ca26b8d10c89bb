/** How many of each kind there are at one score. */
export interface RankStep {
  readonly frauds: number
  readonly others: number
}

/**
 * Area under the ROC curve: how often a fraud has a higher score than another transaction; equal scores count half, as
 * the trapezoids of scikit-learn's `roc_auc_score` do. NaN without both kinds.
 *
 * @param steps greatest score first
 */
export function rocAuc(steps: Iterable<RankStep>): number {
  let [won, frauds, others] = [0, 0, 0]
  for (const step of steps) {
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
 *
 * @param steps greatest score first
 */
export function averagePrecision(steps: Iterable<RankStep>): number {
  let [sum, frauds, all] = [0, 0, 0]
  for (const step of steps) {
    frauds += step.frauds
    all += step.frauds + step.others
    if (step.frauds > 0) sum += step.frauds * (frauds / all)
  }
  return frauds === 0 ? Number.NaN : sum / frauds
}
