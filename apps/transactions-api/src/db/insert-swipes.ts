import type { Transaction } from '@swipestream/contracts'
import type { OutboxRow } from '@swipestream/messaging'
import { sqlStateOf, toError } from '@swipestream/platform'
import type { Pool } from 'pg'
import { claimKeys, type IdempotencyClaim, type Inserted, takeKeys } from './idempotency-claim.js'

/** A transaction, its event, and the idempotency key it came with. */
export interface SwipeToInsert {
  readonly transaction: Transaction
  readonly event: OutboxRow
  readonly claim: IdempotencyClaim | undefined
}

/** The columns that a swipe comes in, with what is read of it. */
const columns = [
  ['transaction_id', 'uuid', ({ transaction }) => transaction.transaction_id],
  ['card_id', 'text', ({ transaction }) => transaction.card_id],
  ['card_bin', 'text', ({ transaction }) => transaction.card_bin],
  ['card_last4', 'text', ({ transaction }) => transaction.card_last4],
  ['amount_minor', 'bigint', ({ transaction }) => transaction.amount_minor],
  ['currency', 'text', ({ transaction }) => transaction.currency],
  ['merchant_id', 'text', ({ transaction }) => transaction.merchant_id],
  ['merchant_name', 'text', ({ transaction }) => transaction.merchant_name],
  ['merchant_category', 'text', ({ transaction }) => transaction.merchant_category],
  ['terminal_id', 'text', ({ transaction }) => transaction.terminal_id],
  ['entry_mode', 'text', ({ transaction }) => transaction.entry_mode],
  ['latitude', 'float8', ({ transaction }) => transaction.place?.latitude],
  ['longitude', 'float8', ({ transaction }) => transaction.place?.longitude],
  ['country', 'text', ({ transaction }) => transaction.country],
  ['occurred_at', 'timestamptz', ({ transaction }) => new Date(transaction.occurred_at).toISOString()],
  ['received_at', 'timestamptz', ({ transaction }) => new Date(transaction.received_at).toISOString()],
  ['client', 'text', ({ claim }) => claim?.client],
  ['idempotency_key', 'text', ({ claim }) => claim?.key],
  ['fingerprint', 'text', ({ claim }) => claim?.fingerprint],
  ['ttl_seconds', 'float8', ({ claim }) => claim?.ttlSeconds],
  ['topic', 'text', ({ event }) => event.topic],
  ['event_key', 'text', ({ event }) => event.key],
  ['value', 'bytea', ({ event }) => event.value && `\\x${event.value.toString('hex')}`],
  ['headers', 'jsonb', ({ event }) => event.headers],
] as const satisfies readonly (readonly [name: string, type: string, read: (swipe: SwipeToInsert) => string | number | null | undefined])[]

const named = (from: string, to: string): string => {
  const names = columns.map(([name]) => name as string)
  return names.slice(names.indexOf(from), names.indexOf(to) + 1).join(', ')
}
const ofTransaction = named('transaction_id', 'received_at')

/**
 * Swipes with their events and idempotency keys, all or none, in one statement: one round trip and one commit. What is
 * answered are the swipes that were left out, by their place from 1. No key may come twice in one statement.
 */
const insertSwipesStatement = `
  WITH swipe AS MATERIALIZED (
    SELECT *, ${takeKeys} AS mine
    FROM unnest(${columns.map(([, type], i) => `$${i + 1}::${type}[]`).join(', ')})
      WITH ORDINALITY AS s (${columns.map(([name]) => name).join(', ')}, place)
  ), claim AS (
    ${claimKeys('swipe')}
  ), inserted AS (
    INSERT INTO transactions (${ofTransaction})
    SELECT ${ofTransaction} FROM swipe WHERE mine AND (idempotency_key IS NULL OR transaction_id IN (SELECT transaction_id FROM claim))
    RETURNING transaction_id
  ), announced AS (
    INSERT INTO outbox (topic, key, value, headers)
    SELECT topic, event_key, value, headers FROM swipe WHERE transaction_id IN (SELECT transaction_id FROM inserted) ORDER BY place
  )
  SELECT place::int, mine FROM swipe WHERE transaction_id NOT IN (SELECT transaction_id FROM inserted)`

/**
 * Stores swipes, but for those whose key is taken; of those of one key, at most one may be among them. Straight to the
 * driver's pool, as a named statement: PostgreSQL then parses and plans it once a connection.
 *
 * @returns what became of each, in their order
 */
export async function insertSwipes(pool: Pool, swipes: readonly SwipeToInsert[]): Promise<Inserted[]> {
  const client = await pool.connect()
  // A connection that breaks fails its statement, and that is told; unheard, the event would end the process.
  client.on('error', alreadyTold)
  let broken: unknown
  try {
    const { rows } = await client.query<{ place: number; mine: boolean }>({
      name: 'insert-swipes',
      text: insertSwipesStatement,
      values: columns.map(([, , read]) => arrayLiteral(swipes.map((swipe) => read(swipe)))),
    })
    const outcomes = swipes.map((): Inserted => 'inserted')
    for (const { place, mine } of rows) outcomes[place - 1] = mine ? 'key_known' : 'key_busy'
    return outcomes
  } catch (error) {
    broken = error
    // The server tells of an error before it drops the locks: its next answer comes after that. Without it, swipes that
    // are then stored one by one could find their own keys busy.
    if (isFaultOfASwipe(error)) broken = await client.query('').then(() => undefined, toError)
    throw error
  } finally {
    client.off('error', alreadyTold)
    client.release(broken !== undefined)
  }
}

function alreadyTold(): void {}

/**
 * Whether one of the swipes broke the statement: data out of range (class 22 of PostgreSQL's error codes), constraints
 * (23), too large (54). After any other failure, each swipe by itself would meet it again, a timeout most of all.
 */
export function isFaultOfASwipe(error: unknown): boolean {
  return /^(22|23|54)/.test(sqlStateOf(error) ?? '')
}

/**
 * An array as PostgreSQL reads it, whose quotes and backslashes are escaped as JSON's are; this costs a third of the
 * driver's own way. JSON has further escapes, of control characters and halves of surrogate pairs: no swipe holds them.
 */
function arrayLiteral(values: readonly (string | number | null | undefined)[]): string {
  return `{${JSON.stringify(values).slice(1, -1)}}`
}
