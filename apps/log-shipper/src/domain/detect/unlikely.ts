/**
 * An upper bound of the logarithm of the probability that a Poisson variable of mean `expected` is at least `count`
 * (Chernoff: e^(-λ) (eλ)^k / k^k); 0 when it is not above the mean.
 */
export function logTailAbove(count: number, expected: number): number {
  if (count <= expected) return 0
  return count - expected - count * Math.log(count / expected)
}

/** Tests are made each second for each service and route: what chance gives once in so many of them is no reason to wake anybody. */
export const certain = Math.log(1e-9)
