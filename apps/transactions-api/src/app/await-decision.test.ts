import type { Logger } from '@swipestream/platform'
import { Readiness } from '@swipestream/platform'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { DecisionListener, DecisionNotices } from '../db/decision-notices.js'
import type { TransactionRow } from '../db/transaction.entity.js'
import type { TransactionsRepository } from '../db/transactions.repository.js'
import { AwaitDecision } from './await-decision.js'

const decided = { transaction_id: 't1' } as TransactionRow
let listener: DecisionListener
let look: ReturnType<typeof vi.fn<() => Promise<TransactionRow | undefined>>>
let readiness: Readiness
let waits: AwaitDecision
const warn = vi.fn()

beforeEach(() => {
  vi.useFakeTimers()
  look = vi.fn(() => Promise.resolve(undefined))
  readiness = new Readiness()
  const notices = { subscribe: (each: DecisionListener) => (listener = each) } as unknown as DecisionNotices
  waits = new AwaitDecision({ decided: look } as unknown as TransactionsRepository, notices, readiness, { warn } as unknown as Logger)
})
afterEach(() => void vi.useRealTimers())

describe('waiting for a decision', () => {
  it('looks at the beginning and at the end, and in between never', async () => {
    const waiting = waits.run('t1', 20)
    await vi.advanceTimersByTimeAsync(19_999)
    expect(look).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(await waiting).toBeUndefined()
    expect(look).toHaveBeenCalledTimes(2)
  })

  it('finds at once what was decided about before', async () => {
    look.mockResolvedValue(decided)
    expect(await waits.run('t1', 20)).toBe(decided)
  })

  it('ends for all who wait for a transaction when it is told, and for no others', async () => {
    const waiting = [waits.run('t1', 20), waits.run('t1', 20)]
    const other = waits.run('t2', 20)
    await vi.advanceTimersByTimeAsync(0)
    look.mockResolvedValue(decided)
    listener.decided(['t0', 't1'])
    expect(await Promise.all(waiting)).toEqual([decided, decided])
    look.mockResolvedValue(undefined)
    await vi.advanceTimersByTimeAsync(20_000)
    expect(await other).toBeUndefined()
  })

  it('forgets no notice that comes while it looks', async () => {
    const first = Promise.withResolvers<TransactionRow | undefined>()
    look.mockReturnValueOnce(first.promise)
    const waiting = waits.run('t1', 20)
    listener.decided(['t1'])
    look.mockResolvedValue(decided)
    first.resolve(undefined)
    expect(await waiting).toBe(decided)
  })

  it('looks when notices may have been missed', async () => {
    const waiting = waits.run('t1', 20)
    await vi.advanceTimersByTimeAsync(0)
    look.mockResolvedValue(decided)
    listener.resumed()
    expect(await waiting).toBe(decided)
  })

  it('goes on when it cannot look', async () => {
    look.mockRejectedValueOnce(new Error('Connection terminated'))
    const waiting = waits.run('t1', 20)
    await vi.advanceTimersByTimeAsync(0)
    expect(warn).toHaveBeenCalledOnce()
    look.mockResolvedValue(decided)
    listener.decided(['t1'])
    expect(await waiting).toBe(decided)
  })

  it('ends when the service stops, also when it begins after that', async () => {
    const waiting = waits.run('t1', 20)
    await vi.advanceTimersByTimeAsync(0)
    readiness.beginShutdown()
    expect(await waiting).toBeUndefined()
    expect(await waits.run('t1', 20)).toBeUndefined()
  })

  it('leaves nothing behind', async () => {
    const waiting = waits.run('t1', 1)
    await vi.advanceTimersByTimeAsync(1_000)
    await waiting
    expect(vi.getTimerCount()).toBe(0)
    look.mockClear()
    listener.decided(['t1'])
    listener.resumed()
    await vi.advanceTimersByTimeAsync(0)
    expect(look).not.toHaveBeenCalled()
  })
})
