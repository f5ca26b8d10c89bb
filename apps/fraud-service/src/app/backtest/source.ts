import { CodedError } from '@swipestream/platform'
import type { StreamEvent } from '../../domain/backtest/stream.js'

/** Where a backtest's transactions come from. */
export interface BacktestSource {
  /** All there is, in order, some at a time. Called once. */
  events(): AsyncIterable<readonly StreamEvent[]>
  /** How much of it was read, 0 to 1: what an estimate of the time left is made from. */
  readonly share: number
  readonly refusals: Refusals
  /** Transactions that stand behind one that is newer by more than the engine's late bound, and should not. */
  readonly behind: number
}

/** Rows and records that are no transactions: left out, counted, the first ones kept. */
export class Refusals {
  static readonly kept = 5
  readonly #first: string[] = []
  count = 0

  /** What was wrong with the first ones, each with its place. */
  get first(): readonly string[] {
    return this.#first
  }

  add(place: string, reason: string): void {
    if (this.count++ < Refusals.kept) this.#first.push(`${place}: ${reason}`)
  }
}

/**
 * - `BACKTEST_INPUT_UNREADABLE`: the file is not there, cannot be opened, is damaged, or is no text
 * - `BACKTEST_COLUMNS_INVALID`: its first line names columns nobody knows, or lacks one
 */
export type BacktestErrorCode = 'BACKTEST_INPUT_UNREADABLE' | 'BACKTEST_COLUMNS_INVALID'

/** A backtest that cannot be made of its input. */
export class BacktestError extends CodedError {
  override readonly name = 'BacktestError'

  constructor(code: BacktestErrorCode, message: string, options?: ErrorOptions) {
    super(code, 'fatal', message, options)
  }
}
