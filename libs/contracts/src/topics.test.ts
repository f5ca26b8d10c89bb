import { describe, expect, expectTypeOf, test } from 'vitest'
import type { AvroDefinition } from './avro-schema.js'
import type { Card, FraudAlert } from './generated/types.js'
import { deadLetterDefinition, type Event } from './topic.js'
import { cards, fraudAlerts, subjectOf, topicDefinitions, topics, transactionsLog } from './topics.js'
import { uuidv7 } from './index.js'

const card: Card = { card_id: 'v1.abc', customer_id: 'c-1', card_bin: '424242', card_last4: '4242', home_country: 'DE', time_zone: 'Europe/Berlin', updated_at: 0 }

describe('an event', () => {
  test('takes its key from its value', () => {
    expect(cards.event(card)).toEqual({ topic: cards, key: 'v1.abc', value: card })
    expect(cards.event(card, { traceparent: '00-1' })).toMatchObject({ headers: { traceparent: '00-1' } })
  })

  test.each([['an empty key', ''], ['a missing key', undefined]])('with %s is refused: it would go to any partition', (_, card_id) => {
    expect(() => cards.event({ ...card, card_id: card_id as string })).toThrow(expect.objectContaining({ code: 'AVRO_INVALID_VALUE', message: expect.stringContaining('card_id') as string }))
  })

  test('is typed by its topic', () => {
    expectTypeOf(cards.event).parameter(0).toEqualTypeOf<Card>()
    expectTypeOf(fraudAlerts.event).returns.toEqualTypeOf<Event<FraudAlert>>()
  })
})

describe('a tombstone', () => {
  test('has no value', () => {
    expect(cards.tombstone('v1.abc')).toEqual({ topic: cards, key: 'v1.abc', value: null })
  })

  test('is for compacted topics only', () => {
    // @ts-expect-error -- it must not compile either
    expect(() => fraudAlerts.tombstone('v1.abc')).toThrow('fraud_alerts is not compacted')
  })
})

describe('the topics', () => {
  test('keyed by card have as many partitions as each other, so that a card is in the same partition of each', () => {
    const byCard = topics.filter(({ key }) => key === 'card_id')
    expect(byCard.map(({ name }) => name)).toEqual(['transactions_log', 'fraud_decisions', 'fraud_alerts', 'fraud_feedback', 'card_profiles', 'card_verdicts', 'cards'])
    expect(new Set(byCard.map(({ partitions }) => partitions))).toEqual(new Set([6]))
  })

  test('have a name and a schema of their own', () => {
    expect(new Set(topics.map(({ name }) => name)).size).toBe(topics.length)
    expect(new Set(topics.map(({ schema }) => schema)).size).toBe(topics.length)
  })

  test.each(topics.map((topic) => [topic.name, topic] as const))('%s: its key is a text field of its schema', (_, { key, schema }) => {
    const fields = (schema as AvroDefinition).fields ?? []
    expect(fields.find(({ name }) => name === key)?.type).toBe('string')
  })

  test.each(topicDefinitions.map((topic) => [topic.name, topic] as const))('%s counts its retention from the arrival, and states how records go', (_, { cleanup, config }) => {
    expect(config['message.timestamp.type']).toBe('LogAppendTime')
    expect(config['cleanup.policy']).toBe(cleanup)
    if (cleanup === 'delete') expect(Number(config['retention.ms'])).toBeGreaterThanOrEqual(30 * 86_400_000)
  })

  test('each have a dead-letter topic, in which records given up are in order', () => {
    const definitions = new Map(topicDefinitions.map((topic) => [topic.name, topic]))
    for (const { name } of topics) expect(definitions.get(`${name}.dlq`)).toMatchObject({ partitions: 1, cleanup: 'delete' })
  })

  test('have dead-letter topics with room for the largest record and why it is there', () => {
    const room = ({ config }: { config: Readonly<Record<string, string>> }) => Number(config['max.message.bytes'])
    const definitions = new Map(topicDefinitions.map((topic) => [topic.name, topic]))
    for (const { name } of topics) expect(room(definitions.get(`${name}.dlq`) ?? { config: {} })).toBeGreaterThanOrEqual(1_048_588 + 16 * 1024)
    const large = { name: 'large', partitions: 1, cleanup: 'delete', config: { 'max.message.bytes': '5000000' } } as const
    expect(room(deadLetterDefinition(large))).toBeGreaterThanOrEqual(5_000_000 + 16 * 1024)
  })

  test('have subjects named after them, with the namespace before', () => {
    expect(subjectOf(transactionsLog)).toBe('transactions_log-value')
    expect(subjectOf(transactionsLog, 't1.')).toBe('t1.transactions_log-value')
  })
})

test('new ids are UUIDs of version 7, in ascending order also within a millisecond', () => {
  const ids = Array.from({ length: 10_000 }, uuidv7)
  expect(ids).toEqual([...ids].sort())
  expect(new Set(ids).size).toBe(ids.length)
  for (const id of ids.slice(0, 100)) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})
