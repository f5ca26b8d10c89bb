import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AvroSchema } from './avro-schema.js'
import { ContractError } from './errors.js'
import { RowDecoder, rowEncoder, type RowValue } from './row-codec.js'

const row: AvroSchema = {
  type: 'record',
  name: 'Value',
  fields: [
    { name: 'id', type: 'long' },
    { name: 'at', type: ['null', { type: 'long', logicalType: 'timestamp-micros' }], default: null },
    { name: 'price', type: { type: 'bytes', logicalType: 'decimal' } },
    { name: 'tags', type: { type: 'map', values: 'string' } },
  ],
}
const encode = rowEncoder(row)
const decoder = new RowDecoder()
const back = (value: RowValue) => decoder.decode(encode(7, value), () => row).value

describe('a row', () => {
  test('comes back as it was, with the schema it was written with', () => {
    const value = { id: 1, at: null, price: Buffer.from([1, 2]), tags: { a: 'b' } }
    expect(decoder.decode(encode(7, value), () => row)).toEqual({ schemaId: 7, schema: row, value })
  })

  test('has longs of all 64 bits: a number where it is exact, else a bigint', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.boolean(), (n, near) => {
        const id = near ? BigInt.asIntN(64, BigInt(Number.MAX_SAFE_INTEGER) * (n < 0n ? -1n : 1n) + (n % 5n)) : n
        const exact = id >= BigInt(Number.MIN_SAFE_INTEGER) && id <= BigInt(Number.MAX_SAFE_INTEGER)
        expect(back({ id, at: id, price: Buffer.alloc(0), tags: {} })).toMatchObject({ id: exact ? Number(id) : id, at: exact ? Number(id) : id })
      }),
    )
  })

  test.each<[string, RowValue]>([['beyond 64 bits', 2n ** 63n], ['below them', -(2n ** 63n) - 1n], ['that is not whole', 0.5], ['that is not exact', 2 ** 53]])(
    'is refused with a long %s, by its name',
    (_, id) => {
      expect(() => encode(7, { id, at: null, price: Buffer.alloc(0), tags: {} })).toThrow(expect.objectContaining({ code: 'AVRO_INVALID_VALUE', message: expect.stringContaining('id') as string }))
    },
  )

  test('of eleven bytes of integer, or of more than 64 bits, is refused', () => {
    const schema: AvroSchema = 'long'
    const other = new RowDecoder()
    for (const bytes of [Buffer.alloc(11, 0xff), Buffer.from([255, 255, 255, 255, 255, 255, 255, 255, 255, 2])]) {
      expect(() => other.decode(Buffer.concat([Buffer.from([0, 0, 0, 0, 1]), bytes]), () => schema)).toThrow(ContractError)
    }
  })
})
