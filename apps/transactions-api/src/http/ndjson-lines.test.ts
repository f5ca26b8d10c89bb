import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { type Line, linesOf } from './ndjson-lines.js'

async function* chunked(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}
const linesIn = async (content: string | Buffer, size = 1_000, limit = 10): Promise<Line[]> => Readable.from(linesOf(chunked(Buffer.from(content), size), limit)).toArray()

describe('lines of a stream', () => {
  it.each([1, 2, 3, 5, 1_000])('are the same however it is cut, here by %i bytes', async (size) => {
    expect(await linesIn('{"a":1}\n"é🍣"\r\n\n  \n[]', size)).toEqual([
      { number: 1, text: '{"a":1}' },
      { number: 2, text: '"é🍣"' },
      { number: 5, text: '[]' },
    ])
  })

  it.each([1, 4, 1_000])('that are too long are told, and those behind them are there: by %i bytes', async (size) => {
    expect(await linesIn(`${'x'.repeat(10)}\r\n${'x'.repeat(11)}\n${'x'.repeat(11)}\r\n${'x'.repeat(5_000)}\n[]\n${'x'.repeat(50)}`, size)).toEqual([
      { number: 1, text: 'x'.repeat(10) },
      { number: 2, fault: 'too_long' },
      { number: 3, fault: 'too_long' },
      { number: 4, fault: 'too_long' },
      { number: 5, text: '[]' },
      { number: 6, fault: 'too_long' },
    ])
  })

  it('that are not UTF-8 are told', async () => {
    expect(await linesIn(Buffer.from([0x31, 0x0a, 0xff, 0x0a, 0x32]))).toEqual([
      { number: 1, text: '1' },
      { number: 2, fault: 'not_utf8' },
      { number: 3, text: '2' },
    ])
  })

  it.each(['', '\n', '\n\r\n  \n'])('are none in %j', async (content) => {
    expect(await linesIn(content)).toEqual([])
  })

  it('come as soon as they end', async () => {
    const waiting = Promise.withResolvers<never>()
    const lines = linesOf(
      (async function* () {
        yield Buffer.from('1\n2')
        yield await waiting.promise
      })(),
      10,
    )
    expect(await lines.next()).toEqual({ done: false, value: { number: 1, text: '1' } })
  })

  it('end without the one that is cut off when the stream breaks', async () => {
    const seen: Line[] = []
    const broken = (async function* () {
      yield Buffer.from('1\n2')
      throw new Error('aborted')
    })()
    await expect(
      (async () => {
        for await (const line of linesOf(broken, 10)) seen.push(line)
      })(),
    ).rejects.toThrow('aborted')
    expect(seen).toEqual([{ number: 1, text: '1' }])
  })
})
