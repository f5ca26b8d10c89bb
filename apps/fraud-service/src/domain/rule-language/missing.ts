/**
 * Why an evaluation has no value. `undefined` is "absent": a feature the transaction does not have. A `Failure` is an
 * evaluation that went wrong: a division by zero, a number too large, a feature that is not of its type.
 */
export type Missing = undefined | Failure

/** An evaluation that went wrong. It is a value and not thrown, so that `&&` and `||` can do without it as CEL says. */
export class Failure {
  constructor(readonly message: string) {}
}

/** Whether there is a value. */
export function isThere<T extends number | string | boolean>(value: T | Missing): value is T {
  return value !== undefined && typeof value !== 'object'
}

/** What two operands of which at least one is missing make: a failure outweighs an absence. */
export function missingOf(a: unknown, b: unknown): Missing {
  if (a instanceof Failure) return a
  return b instanceof Failure ? b : undefined
}
