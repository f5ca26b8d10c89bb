import { beforeEach, describe, expect, test } from 'vitest'
import type { AvroSchema } from './avro-schema.js'
import { decoder, encoder, schemaIdOf } from './codec.js'
import type { FraudDecision, Transaction } from './generated/types.js'
import { fraudDecisions, transactionsLog } from './topics.js'

const transaction: Transaction = {
  transaction_id: '0193a3f0-7b1c-7000-8000-000000000001',
  card_id: 'v1.MEfAaVQbXB4q3k3iXbyhZPKTcZ3mJwM-ZQk3W0kq3Yw',
  card_bin: '424242',
  card_last4: '4242',
  amount_minor: 123_456,
  currency: 'EUR',
  merchant_id: 'M-1',
  merchant_name: 'Bäckerei am Markt',
  merchant_category: '5462',
  terminal_id: null,
  entry_mode: 'contactless',
  place: { latitude: 52.52, longitude: 13.405 },
  country: 'DE',
  occurred_at: 1_700_000_000_000,
  received_at: 1_700_000_000_123,
}

const decision: FraudDecision = {
  transaction_id: transaction.transaction_id,
  card_id: transaction.card_id,
  outcome: 'review',
  score: 500,
  reasons: [{ rule_id: 'large_amount', rule_version: 1, weight: 500, text: 'A large amount.', evidence: [{ name: 'amount', value: 1234.56, unit: 'EUR' }] }],
  rule_versions: { large_amount: 1 },
  input_topic: 'transactions_log',
  input_partition: 3,
  input_offset: 42,
  occurred_at: 1_700_000_000_000,
  decided_at: 1_700_000_000_200,
  event_order: 'in_order',
  taken: null,
  model: null,
  features_hash: null,
  shadow_rules: null,
}

const encodeTransaction = encoder<unknown>(transactionsLog.schema)
const encodeDecision = encoder<unknown>(fraudDecisions.schema)

describe('the wire format', () => {
  test("is Confluent's: a zero byte, the schema id in four bytes, big-endian, then the Avro value", () => {
    const encode = encoder<string>('string')
    expect(encode(0x01020304, 'hi')).toEqual(Buffer.from([0, 1, 2, 3, 4, 4, 0x68, 0x69]))
  })

  test('tells the schema id of bytes', () => {
    expect(schemaIdOf(encodeTransaction(4_294_967_295, transaction))).toBe(4_294_967_295)
  })

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['JSON', Buffer.from('{"a":1}')],
    ['too short a header', Buffer.from([0, 0, 0, 1])],
  ])('%s is not framed', (_, bytes) => {
    expect(() => schemaIdOf(bytes)).toThrow(expect.objectContaining({ code: 'AVRO_NOT_FRAMED', kind: 'poison' }))
  })

  test("each record has bytes of its own, also when a later one is written into the encoder's buffer", () => {
    const first = encodeTransaction(1, transaction)
    const copy = Buffer.from(first)
    encodeTransaction(2, { ...transaction, merchant_name: 'another', amount_minor: 1 })
    expect(first).toEqual(copy)
  })

  test('a record bigger than the encoder has room for is written whole', () => {
    const merchant_name = '東'.repeat(1_000_000)
    const read = decoder<Transaction>(transactionsLog.schema).decode(encodeTransaction(1, { ...transaction, merchant_name }), () => transactionsLog.schema)
    expect(read.merchant_name).toBe(merchant_name)
    expect(encodeTransaction(1, transaction).length).toBeLessThan(300)
  })
})

describe('writing refuses, naming the field and never the value,', () => {
  test.each<[string, unknown, string]>([
    ['a fractional long', { ...transaction, amount_minor: 1.5 }, 'amount_minor is wrong: it must be a whole number within ±(2^53 - 1)'],
    ['a long that is not exact', { ...transaction, amount_minor: 2 ** 53 }, 'amount_minor is wrong'],
    ['a NaN for a long', { ...transaction, amount_minor: Number.NaN }, 'amount_minor is wrong'],
    ['an infinite long', { ...transaction, occurred_at: Infinity }, 'occurred_at is wrong'],
    ['a bigint', { ...transaction, amount_minor: 1n }, 'amount_minor is wrong'],
    ['a number as text', { ...transaction, amount_minor: '1' }, 'amount_minor is wrong'],
    ['a Date for a time', { ...transaction, occurred_at: new Date() }, 'occurred_at is wrong'],
    ['a NaN for a double', { ...transaction, place: { latitude: Number.NaN, longitude: 0 } }, 'place.latitude is wrong: it must be a finite number'],
    ['an infinite double', { ...transaction, place: { latitude: 0, longitude: -Infinity } }, 'place.longitude is wrong'],
    ['a NaN in a union', { ...decision, reasons: [{ ...decision.reasons[0], evidence: [{ name: 'a', value: Number.NaN, unit: null }] }] }, 'reasons.0.evidence.0.value is wrong'],
    ['a missing field', without(transaction, 'currency'), 'currency is missing: it must be a text of well-formed Unicode'],
    ['a missing field that has a default', without(transaction, 'terminal_id'), 'terminal_id is missing: it must be null or a text'],
    ['a missing field of a nested record', { ...transaction, place: { latitude: 1 } }, 'place.longitude is missing'],
    ['null where there must be a value', { ...transaction, currency: null }, 'currency is wrong'],
    ['half a surrogate pair', { ...transaction, merchant_name: 'a\ud800' }, 'merchant_name is wrong'],
    ['half a surrogate pair in a long text', { ...transaction, merchant_name: `${'a'.repeat(100)}\udc00` }, 'merchant_name is wrong'],
    ['a text of another type', { ...transaction, card_id: 42 }, 'card_id is wrong'],
    ['an unknown enum symbol', { ...transaction, entry_mode: 'telepathy' }, 'entry_mode is wrong: it must be one of chip, contactless'],
    ['an enum symbol that every object has as a name', { ...transaction, entry_mode: 'toString' }, 'entry_mode is wrong'],
    ['an array for an enum symbol', { ...transaction, entry_mode: ['chip'] }, 'entry_mode is wrong'],
    ['a record for an array', { ...decision, reasons: {} }, 'reasons is wrong'],
    ['a fault deep inside', { ...decision, reasons: [{ ...decision.reasons[0], weight: 2 ** 31 }] }, 'reasons.0.weight is wrong: it must be a whole number of 32 bits'],
    ['a wrong value in a map', { ...decision, rule_versions: { large_amount: '1' } }, 'rule_versions.large_amount is wrong'],
    ['an array for a map', { ...decision, rule_versions: [1] }, 'rule_versions is wrong'],
    ['a Map for a map', { ...decision, rule_versions: new Map([['large_amount', 1]]) }, 'rule_versions is wrong'],
    ['half a surrogate pair in a key', { ...decision, rule_versions: { '\ud800': 1 } }, 'is wrong'],
    ['null for the whole value', null, 'the value is wrong: it must be an object'],
    ['a text for the whole value', 'a', 'the value is wrong: it must be an object'],
    ['nothing at all', undefined, 'the value is missing'],
  ])('%s', (_, value, message) => {
    const encode = typeof value === 'object' && value !== null && 'score' in value ? encodeDecision : encodeTransaction
    expect(() => encode(1, value)).toThrow(expect.objectContaining({ code: 'AVRO_INVALID_VALUE', kind: 'poison', message: expect.stringContaining(message) as string }))
  })

  test('neither in its message nor in its cause, which loggers print', () => {
    const secret = 'jane.doe@example.org'
    let error: unknown
    try {
      encodeTransaction(1, { ...transaction, place: secret, amount_minor: secret })
    } catch (caught) {
      error = caught
    }
    expect(error).toMatchObject({ code: 'AVRO_INVALID_VALUE' })
    expect((error as Error).cause).toBeUndefined()
    expect(String((error as Error).stack)).not.toContain(secret)
  })

  test('and goes on writing afterwards', () => {
    expect(() => encodeTransaction(1, { ...transaction, received_at: 'now' })).toThrow()
    expect(decoder(transactionsLog.schema).decode(encodeTransaction(1, transaction), () => transactionsLog.schema)).toEqual(transaction)
  })
})

describe('reading', () => {
  const v1 = {
    type: 'record',
    name: 'Swipe',
    fields: [
      { name: 'id', type: 'string' },
      { name: 'tags', type: { type: 'array', items: 'string' } },
      { name: 'mode', type: { type: 'enum', name: 'Mode', symbols: ['chip', 'implant'], default: 'chip' } },
    ],
  } satisfies AvroSchema
  const v2: AvroSchema = {
    type: 'record',
    name: 'Swipe',
    fields: [
      { name: 'id', type: 'string' },
      { name: 'mode', type: { type: 'enum', name: 'Mode', symbols: ['unknown', 'chip'], default: 'unknown' } },
      { name: 'note', type: ['null', 'string'], default: null },
    ],
  }
  const asked: number[] = []
  const writer = (id: number) => {
    asked.push(id)
    return id === 1 ? v1 : v2
  }
  beforeEach(() => asked.splice(0))

  test('sees an older value as of the newer schema: fields gone, defaults filled in, unknown symbols as the default', () => {
    const bytes = encoder<unknown>(v1)(1, { id: 'a', tags: ['x', 'y'], mode: 'implant' })
    expect(decoder(v2).decode(bytes, writer)).toEqual({ id: 'a', mode: 'unknown', note: null })
  })

  test('asks for the schema of an id once', () => {
    const { decode } = decoder(v2)
    const bytes = [encoder<unknown>(v1)(1, { id: 'a', tags: [], mode: 'chip' }), encoder<unknown>(v2)(2, { id: 'b', mode: 'chip', note: 'n' })]
    for (const record of [...bytes, ...bytes]) decode(record, writer)
    expect(asked).toEqual([1, 2])
  })

  test('asks again when the schema could not be had', () => {
    const { decode } = decoder(v2)
    const bytes = encoder<unknown>(v2)(2, { id: 'b', mode: 'chip', note: null })
    expect(() => decode(bytes, () => { throw new Error('registry away') })).toThrow('registry away')
    expect(decode(bytes, writer)).toEqual({ id: 'b', mode: 'chip', note: null })
  })

  test('says which field makes a foreign schema unreadable', () => {
    const foreign: AvroSchema = { type: 'record', name: 'Swipe', fields: [{ name: 'id', type: 'int' }, { name: 'mode', type: 'string' }] }
    const bytes = encoder<unknown>(foreign)(7, { id: 1, mode: 'chip' })
    expect(() => decoder(v2).decode(bytes, () => foreign)).toThrow(
      expect.objectContaining({ code: 'AVRO_SCHEMA_INVALID', kind: 'poison', message: "schema 7 cannot be read as Swipe: id: the reader's string cannot hold the writer's int" }),
    )
  })

  test('takes a schema that Java allows, with a default of another branch', () => {
    const javas: AvroSchema = { type: 'record', name: 'Swipe', fields: [{ name: 'id', type: ['null', 'string'], default: 'x' }] }
    const reader: AvroSchema = { type: 'record', name: 'Swipe', fields: [{ name: 'id', type: ['null', 'string'], default: null }] }
    expect(decoder(reader).decode(Buffer.from([0, 0, 0, 0, 1, 2, 2, 0x61]), () => javas)).toEqual({ id: 'a' })
  })

  test('a long that a number cannot hold exactly is refused, at either end', () => {
    const schema: AvroSchema = { type: 'record', name: 'Long', fields: [{ name: 'n', type: 'long' }] }
    const { decode } = decoder<{ n: number }>(schema)
    const zigzag = (...bytes: number[]) => Buffer.from([0, 0, 0, 0, 1, ...bytes])
    const [most, least] = [zigzag(0xfe, ...Array<number>(6).fill(0xff), 0x1f), zigzag(0xfd, ...Array<number>(6).fill(0xff), 0x1f)]
    expect([decode(most, () => schema).n, decode(least, () => schema).n]).toEqual([Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER])
    for (const beyond of [zigzag(...Array<number>(7).fill(0x80), 0x20), zigzag(...Array<number>(7).fill(0xff), 0x1f)]) {
      expect(() => decode(beyond, () => schema)).toThrow(expect.objectContaining({ code: 'AVRO_UNDECODABLE' }))
    }
  })

  test('a value followed by other bytes is refused, and the message says how many', () => {
    const bytes = Buffer.concat([encoder<unknown>(v2)(2, { id: 'b', mode: 'chip', note: null }), Buffer.from([1, 2])])
    expect(() => decoder(v2).decode(bytes, writer)).toThrow(expect.objectContaining({ code: 'AVRO_UNDECODABLE', message: expect.stringContaining('2 bytes follow') as string }))
  })

  test.each([
    ['an array of two thousand million items', Buffer.from([0xfe, 0xff, 0xff, 0xff, 0x0f])],
    ['an array of a negative block of two thousand million items', Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0x00])],
    ['a count without end', Buffer.alloc(300, 0x80)],
  ])('%s in a few bytes costs nothing', (_, block) => {
    const bytes = Buffer.concat([Buffer.from([0, 0, 0, 0, 1, 2, 0x61]), block])
    for (const reader of [v1, v2]) {
      const before = process.memoryUsage().heapUsed
      expect(() => decoder(reader).decode(bytes, writer)).toThrow(expect.objectContaining({ code: 'AVRO_UNDECODABLE' }))
      expect(process.memoryUsage().heapUsed - before).toBeLessThan(20_000_000)
    }
  })

  test('skipping a block whose size points backwards ends', () => {
    // Count -1, block size -7 bytes: a reader that believes it reads the same bytes for ever.
    const bytes = Buffer.from([0, 0, 0, 0, 1, 2, 0x61, 0x01, 0x0d, 0x00, 0x00])
    expect(() => decoder(v2).decode(bytes, writer)).toThrow(expect.objectContaining({ code: 'AVRO_UNDECODABLE' }))
  })

  test('writes lists of numbers as Avro has them, and refuses what is none', () => {
    const schema: AvroSchema = { type: 'record', name: 'Numbers', fields: [{ name: 'list', type: { type: 'array', items: 'long' } }] }
    const write = encoder<{ readonly list: readonly unknown[] }>(schema)
    expect([...write(1, { list: [0, -1, 1, 63, -65, 300] })]).toEqual([0, 0, 0, 0, 1, 0x0c, 0x00, 0x01, 0x02, 0x7e, 0x81, 0x01, 0xd8, 0x04, 0x00])
    const list = [2 ** 31 - 1, -(2 ** 31), 2 ** 31, -(2 ** 31) - 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]
    expect(decoder(schema).decode(write(1, { list }), () => schema)).toEqual({ list })
    expect(() => write(1, { list: [1, 1.5] })).toThrow('list.1 is wrong')
    expect(() => write(1, { list: {} as never })).toThrow('list is wrong')
  })

  test('reads arrays and maps in blocks with a size, as other libraries write them', () => {
    const schema: AvroSchema = { type: 'record', name: 'Blocks', fields: [{ name: 'list', type: { type: 'array', items: 'int' } }, { name: 'map', type: { type: 'map', values: 'int' } }] }
    // Two blocks of the list: one item with a size of 1 byte, one without; then one block of the map with a size.
    const bytes = Buffer.from([0, 0, 0, 0, 1, 0x01, 0x02, 0x02, 0x02, 0x04, 0x00, 0x01, 0x06, 0x02, 0x6b, 0x06, 0x00])
    expect(decoder(schema).decode(bytes, () => schema)).toEqual({ list: [1, 2], map: { k: 3 } })
  })

  test.each([v1, v2])('skips what it does not know to the byte', (reader) => {
    const wide: AvroSchema = { ...v1, fields: [{ name: 'extra', type: ['null', { type: 'map', values: { type: 'array', items: 'string' } }] }, ...v1.fields] }
    const bytes = encoder<unknown>(wide)(1, { extra: { a: ['x', 'yy'], bb: [] }, id: 'a', tags: ['x'], mode: 'chip' })
    expect(decoder(reader).decode(bytes, () => wide)).toMatchObject({ id: 'a', mode: 'chip' })
  })

  test('a map key named __proto__ is a key like others', () => {
    const schema: AvroSchema = { type: 'map', values: { type: 'record', name: 'R', fields: [{ name: 'a', type: 'int' }] } }
    const value = JSON.parse('{"__proto__":{"a":1}}') as Record<string, unknown>
    const read = decoder<Record<string, unknown>>(schema).decode(encoder<unknown>(schema)(1, value), () => schema)
    expect(Object.keys(read)).toEqual(['__proto__'])
    expect(read['a']).toBeUndefined()
  })

  test('a schema that Avro does not allow is refused at once', () => {
    expect(() => decoder({ type: 'record', name: 'R', fields: [{ name: 'a', type: 'nothing' }] })).toThrow(expect.objectContaining({ code: 'AVRO_SCHEMA_INVALID' }))
    // Two numbers in one union would have to be wrapped in objects.
    expect(() => encoder(['int', 'double'])).toThrow(expect.objectContaining({ code: 'AVRO_SCHEMA_INVALID' }))
  })
})

function without<T extends object>(value: T, field: keyof T): Partial<T> {
  const { [field]: _, ...rest } = value
  return rest as Partial<T>
}
