import { describe, expect, test } from 'vitest'
import { canonicalOrder, canonicalRow, canonicalValue, Checksum, checksumText } from './checksum.js'
import { type Cell, type WarehouseType, scalar, text } from './warehouse-type.js'

describe('the canonical text', () => {
  test.each<[string, WarehouseType, Cell, string]>([
    ['null', text, null, '~'],
    ['an empty text', text, '', '0:'],
    ['a text by its bytes', text, 'é😀', '6:é😀'],
    ['a boolean', scalar('boolean'), false, '1:0'],
    ['a long', scalar('long'), -12n, '3:-12'],
    ['a decimal', { kind: 'decimal', precision: 5, scale: 2 }, -5n, '5:-0.05'],
    ['a decimal without a scale', { kind: 'decimal', precision: 5, scale: 0 }, 50n, '2:50'],
    ['a double', scalar('double'), -1.5, '8:-1572864'],
    ['minus zero', scalar('double'), -0, '1:0'],
    ['a double beyond 2^33', scalar('double'), 2 ** 40 + 0.5, '13:1099511627776'],
    ['a double beyond 2^53', scalar('double'), -1e300, '1:-'],
    ['bytes', scalar('blob'), new Uint8Array([0, 171]), '4:00ab'],
    ['a time', scalar('timestamp'), -1n, '2:-1'],
    ['a struct', { kind: 'struct', fields: [{ name: 'a', type: text }, { name: 'b', type: scalar('int') }] }, ['x', null], '4:1:x~'],
    ['a list', { kind: 'list', item: scalar('int') }, [1, 22], '7:1:12:22'],
    ['a map in the order of bytes', { kind: 'map', value: scalar('int') }, [['\u{10000}', 1], ['\u{e000}', 2]], '17:3:\u{e000}1:24:\u{10000}1:1'],
  ])('of %s', (_, type, cell, written) => {
    expect(canonicalValue(type, cell)).toBe(written)
  })

  test('of two rows is different wherever their values begin and end elsewhere', () => {
    expect(canonicalRow([text, text], ['a', 'b1:c'])).not.toBe(canonicalRow([text, text], ['ab', '1:c']))
  })

  test('has columns in the order of their names', () => {
    expect(canonicalOrder([{ name: 'b' }, { name: 'A' }, { name: '_' }]).map(({ name }) => name)).toEqual(['_', 'A', 'b'])
  })
})

describe('a checksum', () => {
  const sumOf = (...md5: string[]) => {
    const sum = new Checksum()
    for (const one of md5) sum.add(one)
    return sum.text
  }
  const [a, b] = ['900150983cd24fb0d6963f7d28e17f72', 'ffffffffffffffffffffffffffffffff']

  test('of no row is zeros', () => expect(sumOf()).toBe('0'.repeat(32)))
  test('of one row is its MD5', () => expect(sumOf(a)).toBe(a))
  test('does not know the order of rows', () => expect(sumOf(a, b)).toBe(sumOf(b, a)))
  test('counts a row that is there twice twice', () => expect(sumOf(a, a)).not.toBe('0'.repeat(32)))
  test('begins anew at 2^64, each half by itself', () => expect(sumOf(a, b)).toBe('900150983cd24fafd6963f7d28e17f71'))
  test('is that of the sums a server gives', () => expect(checksumText(2n ** 64n + 1n, 2n)).toBe('00000000000000010000000000000002'))
})
