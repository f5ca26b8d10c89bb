import { type AvroSchema, decoder, rowEncoder } from '@swipestream/contracts'
import { expect, test } from 'vitest'
import { type CustomerRow, type Envelope, sourceSchemas, textKeyOf } from './source-rows.js'

const text = (name: string, connect = {}) => ({ name, type: ['null', { type: 'string', ...connect }], default: null })

/** As Debezium writes it: a namespace, more columns, names of Connect, `source`. */
const written: AvroSchema = {
  type: 'record', name: 'Envelope', namespace: 'bank.bank.customers', fields: [
    { name: 'before', type: ['null', { type: 'record', name: 'Value', fields: [
      { name: 'customer_id', type: 'string' }, text('street'), text('email'),
      { name: 'channels', type: { type: 'string', 'connect.name': 'io.debezium.data.EnumSet' } as never },
      { name: 'quiet_from', type: ['null', { type: 'long', 'connect.name': 'io.debezium.time.MicroTime' } as never], default: null },
    ] }], default: null },
    { name: 'after', type: ['null', 'Value'], default: null },
    { name: 'source', type: { type: 'record', name: 'Source', fields: [{ name: 'db', type: 'string' }] } },
    { name: 'op', type: 'string' },
    { name: 'ts_ms', type: ['null', 'long'], default: null },
  ],
}

test('a table’s record is read whatever columns it has: those that are known, null for those that are not there', () => {
  const after = { customer_id: 'c1', street: 'Elm', email: 'a@b.de', channels: 'sms', quiet_from: 5 }
  const bytes = rowEncoder(written)(7, { before: null, after, source: { db: 'bank' }, op: 'c', ts_ms: 9 })
  expect(decoder<Envelope<CustomerRow>>(sourceSchemas.customers).decode(bytes, () => written)).toMatchObject({
    before: null, op: 'c', ts_ms: 9, after: { customer_id: 'c1', email: 'a@b.de', channels: 'sms', quiet_from: 5, phone: null, deleted_at: null },
  })
})

test.each(['c1', '', 'Zürich', 'x'.repeat(100)])('the key %j of one column of text is read without its schema', (customer_id) => {
  const schema: AvroSchema = { type: 'record', name: 'Key', fields: [{ name: 'customer_id', type: 'string' }] }
  expect(textKeyOf(rowEncoder(schema)(200, { customer_id }))).toBe(customer_id)
})

test.each([[[]], [[0, 0, 0, 0, 1]], [[0, 0, 0, 0, 1, 4, 65]], [[0, 0, 0, 0, 1, 255, 255, 255, 255, 255]], [[0, 0, 0, 0, 1, 2, 65, 66]]])('%j is no such key', (bytes) => {
  expect(textKeyOf(Buffer.from(bytes))).toBeUndefined()
})
