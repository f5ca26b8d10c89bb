import { addToRing } from './ring.js'

/**
 * What people said of a card's or a terminal's transactions. A verdict counts from the moment it was given, not from
 * that of its transaction: nobody knew it before.
 */
export interface Verdicts {
  /** Ring of confirmed frauds by the time of the confirmation, 2 numbers a bucket. */
  readonly frauds: readonly number[]
  /** The last confirmed ones, newest first by arrival, 2 numbers each: time of the confirmation, `longHash` of the transaction's id. */
  readonly confirmed: readonly number[]
}

export const noVerdicts: Verdicts = { frauds: [], confirmed: [] }

/** How many confirmed frauds are known by their transaction: one of these is not counted twice, and can be taken back. */
export const MAX_CONFIRMED = 32

/** A transaction was a fraud, said at a time. Said again of one that is remembered, it changes nothing. */
export function confirmFraud(verdicts: Verdicts, transaction: number, at: number): Verdicts {
  if (placeOf(verdicts, transaction) !== undefined) return verdicts
  return {
    frauds: addToRing(verdicts.frauds, 2, at, 1),
    confirmed: [at, transaction, ...verdicts.confirmed.slice(0, (MAX_CONFIRMED - 1) * 2)],
  }
}

/** A transaction was no fraud after all. It changes nothing when it is not remembered as one. */
export function takeBackFraud(verdicts: Verdicts, transaction: number): Verdicts {
  const place = placeOf(verdicts, transaction)
  if (place === undefined) return verdicts
  return {
    frauds: addToRing(verdicts.frauds, 2, verdicts.confirmed[place] as number, -1),
    confirmed: verdicts.confirmed.toSpliced(place, 2),
  }
}

function placeOf({ confirmed }: Verdicts, transaction: number): number | undefined {
  for (let i = 0; i < confirmed.length; i += 2) if (confirmed[i + 1] === transaction) return i
  return undefined
}
