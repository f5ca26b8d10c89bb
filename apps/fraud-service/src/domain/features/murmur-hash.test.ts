import { expect, it } from 'vitest'
import { murmurHash3 } from './murmur-hash.js'

function hashOf(bytes: Uint8Array, seed?: number): string {
  const view = new DataView(new ArrayBuffer(bytes.length + 16))
  for (const [i, byte] of bytes.entries()) view.setUint8(i, byte)
  return murmurHash3(view, bytes.length, seed)
}

it.each([
  ['', '00000000000000000000000000000000'],
  ['hello', 'cbd8a7b341bd9b025b1e906a48ae1d19'],
  ['hello, world', '342fac623a5ebc8e4cdcbc079642414d'],
  ['19 Jan 2038 at 3:14:07 AM', 'b89e5988b737affc664fc2950231b2cb'],
  ['The quick brown fox jumps over the lazy dog.', 'cd99481f9ee902c9695da1a38987b6e7'],
  ['The quick brown fox jumps over the lazy dog', 'e34bbc7bbc071b6c7a433ca9c49a9347'],
])('of %j is %s', (text, expected) => {
  expect(hashOf(new TextEncoder().encode(text))).toBe(expected)
})

it('has the verification value that its author publishes (SMHasher): every length to 255, every seed', () => {
  const digests = Array.from({ length: 256 }, (_, n) => hashOf(Uint8Array.from({ length: n }, (_byte, i) => i), 256 - n))
  // the author's bytes are the two halves, each little endian
  const littleEndian = (digest: string) => [...Buffer.from(digest.slice(0, 16), 'hex').reverse(), ...Buffer.from(digest.slice(16), 'hex').reverse()]
  const verification = Buffer.from(hashOf(Uint8Array.from(digests.flatMap(littleEndian))).slice(0, 16), 'hex').reverse().readUInt32LE(0)
  expect(verification.toString(16)).toBe('6384ba69')
})

it('does not depend on what stood behind the bytes', () => {
  const view = new DataView(new Uint8Array(32).fill(7).buffer)
  expect(murmurHash3(view, 5)).toBe(hashOf(new Uint8Array(5).fill(7)))
})
