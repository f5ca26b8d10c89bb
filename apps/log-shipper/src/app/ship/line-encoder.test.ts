import { encoder, type LogLine, serverLogs } from '@swipestream/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LineEncoder } from './line-encoder.js'

const text = fc.string({ unit: 'binary', maxLength: 200 })
const long = fc.oneof(fc.nat(), fc.maxSafeNat(), fc.constantFrom(0, 63, 64, 2 ** 29, 2 ** 30 - 1, 2 ** 30, 2 ** 31, 2 ** 32, 2 ** 36, 2 ** 37, 2 ** 52, Number.MAX_SAFE_INTEGER))

test('an entry has the bytes that the contract gives it', () => {
  const contract = encoder<LogLine>(serverLogs.schema)
  const value = fc.record<LogLine>({
    file_key: text,
    host: text,
    file_id: text,
    path: text,
    generation: fc.nat(),
    offset: long,
    end_offset: long,
    service: text,
    format: text,
    message: text,
    truncated: fc.boolean(),
    redactions: fc.nat(),
    read_at: long,
  })
  fc.assert(
    fc.property(value, fc.nat(), fc.nat(9), (line, schemaId, at) => {
      const { offset, end_offset, message, truncated, redactions, read_at, ...fields } = line
      const own = new LineEncoder(schemaId, fields)
      const bytes = Buffer.from(`<${message}>`)
      const target = Buffer.alloc(at + own.overhead + bytes.length)
      const end = own.write(target, at, offset, end_offset, bytes, 1, bytes.length - 1, truncated, redactions, read_at)
      expect(target.subarray(at, end)).toEqual(contract(schemaId, line))
    }),
    { numRuns: 1_000 },
  )
})

test('a field that is no text is refused', () => {
  const fields = { file_key: 'k', host: '\uD800', file_id: 'f', path: 'p', generation: 0, service: 's', format: 'f' }
  expect(() => new LineEncoder(1, fields)).toThrow('host')
})
