import { describe, expect, it } from 'vitest'
import { exampleTransaction, minutes, tenOClock } from '../example-transaction.js'
import { addTransactionAtTerminal, newTerminal, type TerminalHistory } from './terminal-history.js'

const settings = { lateBoundMs: minutes(60) }
const after = (...at: number[]) => at.reduce<TerminalHistory>(
  (history, minute) => addTransactionAtTerminal(history, exampleTransaction({ occurred_at: tenOClock + minutes(minute) }), settings), newTerminal,
)

describe('a terminal', () => {
  it('keeps count and amount', () => {
    expect(after(0, 0)).toEqual({ newest_at: tenOClock, activity: [tenOClock / 6_000, 2, 4_700], frauds: [], confirmed: [] })
  })

  it('counts a late transaction where it belongs, and one that is too late nowhere', () => {
    expect(after(0, -60)).toEqual(after(-60, 0))
    expect(after(0, -61)).toEqual(after(0))
  })

  it('counts one without a rate, with nothing for its amount', () => {
    const tx = exampleTransaction({ currency: 'ZWG' })
    expect(addTransactionAtTerminal(newTerminal, tx, settings).activity).toEqual([tenOClock / 6_000, 1, 0])
  })
})
