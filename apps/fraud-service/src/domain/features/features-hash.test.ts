import { describe, expect, it } from 'vitest'
import { exampleTaken, exampleTransaction } from '../example-transaction.js'
import { featureCatalogue, type Features, type FeatureType } from './catalogue.js'
import { featuresHash } from './features-hash.js'
import { murmurHash3 } from './murmur-hash.js'
import { observe } from './observe.js'

function features(changes: Partial<Features> = {}): Features {
  const observed = observe(exampleTransaction(), undefined, exampleTaken(), 0)
  if (observed === 'duplicate') throw new Error('a first transaction is no duplicate')
  return Object.assign(observed.features, changes)
}

/** The bytes as the docstring has them, one feature after the other. */
function bytesOf(all: Features): Buffer {
  const encode: Record<FeatureType, (value: unknown) => Buffer> = {
    bool: (value) => Buffer.from([value === null ? 255 : Number(value)]),
    int: (value) => { const bytes = Buffer.alloc(4); bytes.writeInt32LE(value === null ? -(2 ** 31) : (value as number) | 0); return bytes },
    double: (value) => { const bytes = Buffer.alloc(8); if (value === null) bytes.writeBigUInt64LE(0x7ff8000000000000n); else bytes.writeDoubleLE(value as number); return bytes },
    string: (value) => {
      const length = Buffer.alloc(4)
      length.writeInt32LE(value === null ? -1 : (value as string).length)
      return Buffer.concat([length, Buffer.from(((value ?? '') as string).slice(0, 32), 'utf16le')])
    },
  }
  return Buffer.concat(Object.entries(featureCatalogue).map(([name, { type }]) => encode[type](all[name as keyof Features])))
}

function hashOf(bytes: Buffer): string {
  const view = new DataView(new ArrayBuffer(bytes.length + 16))
  for (const [i, byte] of bytes.entries()) view.setUint8(i, byte)
  return murmurHash3(view, bytes.length)
}

describe('the hash of features', () => {
  it.each([
    ['an everyday transaction', {}],
    ['what is absent', { merchant_category: null, distance_km: null, night: null, local_hour: null }],
    ['a long text', { country: 'x'.repeat(1_000) }],
    ['a text that is not ASCII', { currency: '€uro𝄞' }],
    ['a count beyond 32 bits', { terminal_count_30d: 2 ** 33 + 5 }],
    ['every value there', { model_probability: 0.1, weekend: true, night: false, local_hour: 23 }],
  ] as [string, Partial<Features>][])('is over the bytes that are written down, of %s', (_, changes) => {
    expect(featuresHash(features(changes))).toBe(hashOf(bytesOf(features(changes))))
  })

  it('stays what it is, as long as the catalogue does', () => {
    expect(featuresHash(features())).toBe('f13eda9f8251957fbdfbdccc108aea6d')
  })

  it('is another one for every feature that is another', () => {
    const other = { bool: true, int: 77, double: 0.123, string: 'other' } as const
    const changed = Object.entries(featureCatalogue).flatMap(([name, { type }]) => {
      const before = features()[name as keyof Features]
      const absent = before === null || !('absent' in featureCatalogue[name as keyof Features]) ? [] : [{ [name]: null }]
      return [{ [name]: before === true ? false : other[type] }, ...absent]
    })
    const hashes = new Set([features(), ...changed.map((changes) => features(changes))].map(featuresHash))
    expect(hashes.size).toBe(changed.length + 1)
  })

  it('tells absent from 0, false and empty', () => {
    expect(featuresHash(features({ local_hour: 0 }))).not.toBe(featuresHash(features({ local_hour: null })))
    expect(featuresHash(features({ night: false }))).not.toBe(featuresHash(features({ night: null })))
    expect(featuresHash(features({ country: '' }))).not.toBe(featuresHash(features({ country: null })))
  })
})
