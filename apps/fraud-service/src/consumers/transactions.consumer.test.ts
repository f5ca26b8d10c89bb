import { type Transaction, transactionsLog } from '@swipestream/contracts'
import type { BatchContext, Outgoing, Received } from '@swipestream/messaging'
import { describe, expect, it, vi } from 'vitest'
import type { AssessTransactions, FraudState, FraudTables } from '../app/assess-transactions.js'
import type { ModelSignals } from '../app/model-signals.js'
import { exampleTransaction } from '../domain/example-transaction.js'
import { TransactionsConsumer } from './transactions.consumer.js'

const batch = Array.from({ length: 250 }, (_, i) => ({ value: { ...exampleTransaction(), transaction_id: String(i) } }) as Received<Transaction>)

/** The consumer of a use case that gives each transaction back, and does something after each call. */
function consumer(signal: AbortSignal, after: () => void = () => undefined) {
  const run = vi.fn<AssessTransactions['run']>((slice) => {
    after()
    return slice.map(({ value }) => transactionsLog.event(value))
  })
  const context = { signal } as BatchContext<FraudState, FraudTables>
  const runWithModel = vi.fn<AssessTransactions['runWithModel']>((slice, more) => Promise.resolve(run(slice, more)))
  const assess = { run, runWithModel } as unknown as AssessTransactions
  return { run, runWithModel, handle: (on = false) => new TransactionsConsumer(assess, { on } as ModelSignals).handle(batch, context) }
}

describe('TransactionsConsumer', () => {
  it('has all of a batch judged, in order, in slices', async () => {
    const { run, handle } = consumer(new AbortController().signal)
    const events: Outgoing[] = await handle()
    expect(events.map(({ value }) => (value as Transaction).transaction_id)).toEqual(batch.map(({ value }) => value.transaction_id))
    expect(run.mock.calls.map(([slice]) => slice.length)).toEqual(Array.from({ length: 13 }, (_, i) => (i < 12 ? 20 : 10)))
  })

  it('has a model see many at once', async () => {
    const { runWithModel, handle } = consumer(new AbortController().signal)
    expect(await handle(true)).toHaveLength(250)
    expect(runWithModel.mock.calls.map(([slice]) => slice.length)).toEqual([250])
  })

  it('judges no further when the partition was taken away meanwhile', async () => {
    const revoked = new AbortController()
    const { run, handle } = consumer(revoked.signal, () => revoked.abort(new Error('gone')))
    await expect(handle()).rejects.toThrow('gone')
    expect(run).toHaveBeenCalledTimes(1)
  })
})
