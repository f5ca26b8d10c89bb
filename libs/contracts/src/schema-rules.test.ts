import { describe, expect, test } from 'vitest'
import type { AvroField, AvroSchema } from './avro-schema.js'
import { newestSchemas } from './schema-files.js'
import { meaningChanges, ruleBreaches } from './schema-rules.js'

function recordOf(...fields: Partial<AvroField>[]): AvroSchema {
  return { type: 'record', name: 'Swipe', doc: 'A swipe.', fields: fields.map((field) => ({ name: 'field', type: 'string', doc: 'A field.', ...field })) }
}

/** `rule path` of each breach. */
function breaches(schema: AvroSchema): string[] {
  return ruleBreaches(schema).map(({ rule, path }) => `${rule} ${path}`.trim())
}

const utc = 'When. Milliseconds since the Unix epoch, UTC.'

describe('the rules of the house', () => {
  test.each(newestSchemas())('$name keeps them all', ({ schema }) => {
    expect(ruleBreaches(schema)).toEqual([])
  })

  test.each<[string, string, AvroSchema]>([
    ['a field without doc', 'DOC field', recordOf({ doc: ' ' })],
    ['a type without doc', 'DOC', { type: 'record', name: 'Swipe', fields: [] }],
    ['a nested type without doc', 'DOC list[]', recordOf({ name: 'list', type: { type: 'array', items: { type: 'record', name: 'Item', fields: [] } } })],
    ['a nested field without doc', 'DOC list[].a', recordOf({ name: 'list', type: { type: 'array', items: { type: 'record', name: 'Item', doc: 'An item.', fields: [{ name: 'a', type: 'string' }] } } })],
    ['a number that tells neither range nor unit', 'DOC field', recordOf({ type: 'int', doc: 'How many.' })],
    ['a time that does not say UTC', 'TIME field', recordOf({ type: { type: 'long', logicalType: 'timestamp-millis' }, doc: 'When, in 1 ms.' })],
    ['a time in microseconds', 'TIME field', recordOf({ type: { type: 'long', logicalType: 'timestamp-micros' }, doc: utc })],
    ['a field named like a time that is a text', 'TIME sent_at', recordOf({ name: 'sent_at', doc: utc })],
    ['money as a double', 'MONEY price_minor', recordOf({ name: 'price_minor', type: 'double', doc: '1 to 9.' }, { name: 'currency' })],
    ['money without a currency', 'MONEY price_minor', recordOf({ name: 'price_minor', type: 'long', doc: '1 to 9.' })],
    ['an e-mail address without pii tag', 'PII email', recordOf({ name: 'email' })],
    ['a telephone number without pii tag', 'PII home_phone', recordOf({ name: 'home_phone' })],
    ['a name without pii tag', 'PII given_name', recordOf({ name: 'given_name' })],
    ['a card that is not tagged as pseudonymous', 'PII card_id', recordOf({ name: 'card_id', pii: 'quasi' })],
    ['a pii tag of no known kind', 'PII field', recordOf({ pii: 'very' })],
    ['a nullable field without default', 'NULLABLE field', recordOf({ type: ['null', 'string'] })],
    ['a nullable field whose null comes last', 'NULLABLE field', recordOf({ type: ['string', 'null'], default: 'x' })],
    ['an enum with neither default nor "closed"', 'ENUM_DEFAULT field', recordOf({ type: { type: 'enum', name: 'Colour', doc: 'A colour.', symbols: ['red'] } })],
    ['a field in camelCase', 'NAME cardBin', recordOf({ name: 'cardBin' })],
    ['a type in snake_case', 'NAME', { type: 'record', name: 'swipe_event', doc: 'A swipe.', fields: [] }],
    ['what Avro does not allow', 'AVRO_VALID', recordOf({ type: 'text' })],
    ['a default that is not of its type', 'AVRO_VALID', recordOf({ type: 'int', default: 'x', doc: '1 to 9.' })],
  ])('%s breaks one', (_, breach, schema) => {
    expect(breaches(schema)).toEqual([breach])
  })

  test('a name that is not personal says so', () => {
    expect(breaches(recordOf({ name: 'merchant_name', pii: 'none' }))).toEqual([])
  })
})

describe('a change of meaning that Avro lets pass', () => {
  test.each<[string, AvroSchema, AvroSchema]>([
    ['another logical type', { type: 'long', logicalType: 'timestamp-millis' }, { type: 'long', logicalType: 'timestamp-micros' }],
    ['a logical type that is new', 'long', { type: 'long', logicalType: 'timestamp-millis' }],
    ['another logical type of a nullable field', ['null', { type: 'long', logicalType: 'timestamp-millis' }], ['null', { type: 'long', logicalType: 'timestamp-micros' }]],
    ['text that becomes bytes', 'string', 'bytes'],
  ])('%s', (_, older, newer) => {
    expect(meaningChanges(recordOf({ type: newer }), recordOf({ type: older }))).toMatchObject([{ rule: 'MEANING_CHANGED', path: 'field' }])
  })

  test.each<[string, AvroSchema, AvroSchema]>([
    ['a number that grows', 'int', 'long'],
    ['a field that becomes nullable', 'string', ['null', 'string']],
  ])('%s is none', (_, older, newer) => {
    expect(meaningChanges(recordOf({ type: newer }), recordOf({ type: older }))).toEqual([])
  })

  test('is found in a renamed field and in a nested record', () => {
    const item = (type: AvroSchema, name: string, aliases: string[] = []): AvroSchema =>
      recordOf({ name: 'list', type: { type: 'array', items: { type: 'record', name: 'Item', fields: [{ name, aliases, type }] } } })
    expect(meaningChanges(item({ type: 'string', logicalType: 'uuid' }, 'b', ['a']), item('string', 'a'))).toMatchObject([{ path: 'list[].b' }])
  })
})
