import fc from 'fast-check'
import { expect, it } from 'vitest'
import { headerBytes } from './header-bytes.js'

it('are the names and values of the headers, whatever headers came before', () => {
  const name = fc.constantFrom('message-id', 'traceparent', 'ä', '')
  const value = fc.oneof(fc.constantFrom('', 'a', 'b', 'ü'), fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes)))
  fc.assert(
    fc.property(fc.array(fc.dictionary(name, value), { maxLength: 10 }), (all) => {
      for (const headers of all) {
        const expected = Object.entries(headers).map(([key, each]) => [key, Buffer.from(each as string)])
        expect([...headerBytes(headers)].map(([key, bytes]) => [key.toString(), bytes])).toEqual(expected)
      }
    }),
  )
})

it('stay right for more names than are remembered', () => {
  for (let i = 0; i < 3_000; i++) expect([...headerBytes({ [`h${i}`]: `v${i}` })]).toEqual([[Buffer.from(`h${i}`), Buffer.from(`v${i}`)]])
})
