import { expect, it } from 'vitest'
import { partitionOfKey } from './key-hash.js'

it.each([
  // From Kafka's own UtilsTest.testMurmur2, modulo a number of partitions no record would have.
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
])('puts %s where Java does', (key, hash) => {
  expect(partitionOfKey(Buffer.from(key), 2 ** 31)).toBe(hash & 0x7fffffff)
})

it('puts what has no key into the first partition', () => {
  expect(partitionOfKey(null, 6)).toBe(0)
})
