import type { Outbox } from '@swipestream/messaging'
import { describe, expect, it, vi } from 'vitest'
import type { Config } from '../config.js'
import type { Inserted } from '../db/idempotency-claim.js'
import type { IdempotencyKeysRepository } from '../db/idempotency-keys.repository.js'
import type { TransactionsRepository } from '../db/transactions.repository.js'
import { parseCardNumber } from '../domain/card-number.js'
import { AcceptSwipe } from './accept-swipe.js'
import { parseTokenKeys } from './card-token.js'
import { IdempotencyKeys } from './idempotency-keys.js'

const swipe = { card_number: parseCardNumber('4111111111111111')!, amount_minor: 1, currency: 'EUR', merchant_id: 'm' }
const config = { CARD_TOKEN_KEYS: parseTokenKeys(`1:${Buffer.alloc(32, 7).toString('base64')}`), IDEMPOTENCY_TTL_SECONDS: 60 } as Config

function accepting({ isFull = false, inserted = 'inserted' as Inserted }) {
  const insert = vi.fn(() => Promise.resolve(inserted))
  const transactions = { isFull, insert } as unknown as TransactionsRepository
  const keys = new IdempotencyKeys({ find: () => Promise.resolve(undefined) } as unknown as IdempotencyKeysRepository, config)
  const outbox = { row: () => ({ topic: 't', key: 'k', value: null, headers: '{}' }), wake: vi.fn() }
  return { insert, outbox, accept: new AcceptSwipe(transactions, keys, outbox as unknown as Outbox, config) }
}

describe('accepting a swipe', () => {
  it('is refused while too many wait to be stored: no work is done for it', async () => {
    const { accept, insert, outbox } = accepting({ isFull: true })
    await expect(accept.run(swipe, { client: 'till', key: 'k' })).resolves.toEqual({ outcome: 'overloaded' })
    expect(insert).not.toHaveBeenCalled()
    expect(outbox.wake).not.toHaveBeenCalled()
  })

  it('wakes the relay when it is stored, and only then', async () => {
    const stored = accepting({})
    await expect(stored.accept.run(swipe)).resolves.toMatchObject({ outcome: 'accepted', replayed: false })
    expect(stored.outbox.wake).toHaveBeenCalledOnce()
    const busy = accepting({ inserted: 'key_busy' })
    await expect(busy.accept.run(swipe, { client: 'till', key: 'k' })).resolves.toEqual({ outcome: 'in_progress' })
    expect(busy.outbox.wake).not.toHaveBeenCalled()
  })
})
