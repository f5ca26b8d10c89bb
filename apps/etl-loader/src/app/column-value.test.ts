import { type AvroSchema, resolveSchema } from '@swipestream/contracts'
import { describe, expect, test } from 'vitest'
import { columnsOf, typedValue } from './column-value.js'

const row: AvroSchema = { type: 'record', name: 'Value', fields: [{ name: 'id', type: 'string' }, { name: 'quiet_from', type: ['null', 'long'], default: null }] }

describe('the columns of a record', () => {
  test('are its fields; of an envelope, those of the row', () => {
    expect([...columnsOf(row).keys()]).toEqual(['id', 'quiet_from'])
    const envelope: AvroSchema = { type: 'record', name: 'Envelope', fields: [{ name: 'before', type: ['null', row], default: null }, { name: 'after', type: ['null', 'Value'], default: null }, { name: 'op', type: 'string' }] }
    expect([...columnsOf(envelope).keys()]).toEqual(['id', 'quiet_from'])
    expect(columnsOf('string').size).toBe(0)
  })
})

describe('a text', () => {
  test.each([
    ['null', ['null', 'string'], null], ['null', 'string', 'null'], ['5', 'string', '5'], ['-5', ['null', 'int'], -5],
    ['true', 'boolean', true], ['false', ['null', 'boolean'], false], ['1.5', 'double', 1.5], ['', 'string', ''],
  ] as [string, AvroSchema, unknown][])('%j of a column of %j is %j', (text, schema, value) => {
    expect(typedValue(text, resolveSchema(schema))).toBe(value)
  })

  test('of more digits than a number has is exact all the same', () => {
    expect(String(typedValue('9007199254740993', resolveSchema('long')))).toBe('9007199254740993')
  })

  test.each([['x', 'int'], ['1.5', 'long'], ['yes', 'boolean'], ['', 'double'], ['NaN', 'double'], ['x', 'bytes'], ['null', 'int']] as [string, AvroSchema][])('%j is nothing that a column of %j could be', (text, schema) => {
    expect(typedValue(text, resolveSchema(schema))).toBeUndefined()
  })
})
