import { existsSync } from 'node:fs'
import { appendFile, rm, symlink, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { eventually } from '@swipestream/messaging/testing'
import { type Shipping, shipping } from './shipping.fixture.js'

let ship: Shipping
beforeEach(async () => {
  ship = await shipping()
})
afterEach(async () => {
  vi.restoreAllMocks()
  await ship.remove()
})

/** Bytes that look random, the same each time, and are in no order: also LF, NUL and what is no UTF-8. */
function junk(length: number): Buffer {
  const bytes = Buffer.alloc(length)
  for (let i = 0, state = 1; i < length; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    bytes[i] = state >>> 16
  }
  return bytes
}

describe('binary junk', () => {
  test('is shipped by the lines that it has, each byte of the file in one of them, and counted', async () => {
    const bytes = Buffer.concat([junk(300_000), Buffer.from('\n')])
    await writeFile(ship.path('a.log'), bytes)
    await ship.once({ redaction: { tokens: false, cards: false, emails: false } })
    const { lines } = ship.topic
    let next = 0
    for (const { offset, end_offset } of lines) {
      expect(offset).toBe(next)
      next = end_offset
    }
    expect(next).toBe(bytes.length)
    expect(lines.length).toBe(bytes.filter((byte) => byte === 0x0a).length)
    const broken = lines.filter(({ message }) => message.includes('\uFFFD')).length
    expect(broken).toBeGreaterThan(500)
    expect(ship.counts.totals).toMatchObject({ entries: lines.length, bytes: bytes.length, undecodable: broken })
  })

  test('between lines keeps none of them from coming', async () => {
    const lines = Array.from({ length: 200 }, (_, i) => `line ${i}`)
    for (const line of lines) await appendFile(ship.path('a.log'), Buffer.concat([Buffer.from(`${line}\n`), junk(500), Buffer.from('\n')]))
    await ship.once()
    expect(ship.topic.messages.filter((message) => /^line \d+$/.test(message))).toEqual(lines)
  })
})

describe('a forged line inside a field', () => {
  test.each([
    ['CR', '\r'],
    ['a vertical tab', '\v'],
    ['a form feed', '\f'],
    ['NEL', '\u0085'],
    ["Unicode's line separator", '\u2028'],
    ['an escaped LF', '\\n'],
    ['an LF in percent signs', '%0A'],
    ['NUL', '\0'],
  ])('after %s is a part of the line that it stands in', async (_, sign) => {
    const line = `10.0.0.1 - - [29/Nov/2026:14:32:58 +0000] "GET / HTTP/1.1" 200 1 "-" "x${sign}10.0.0.9 - admin [29/Nov/2026:14:32:59 +0000] GET /forged 200"`
    await writeFile(ship.path('a.log'), `${line}\nthe next\n`)
    await ship.once()
    expect(ship.topic.messages).toEqual([line, 'the next'])
  })
})

/** A file of the system that can be written only, also by those who may read everything. */
const writeOnly = '/sys/bus/cpu/drivers_probe'

describe('a file that cannot be read', () => {
  test.skipIf(!existsSync(writeOnly))('is counted and told of once, keeps no other from being shipped, and is read when it can be', async () => {
    const path = ship.path('secret.log')
    await symlink(writeOnly, path)
    await writeFile(ship.path('a.log'), 'fine\n')
    await ship.start()
    await ship.came(1)
    await eventually(() => ship.told.includes('unreadable secret.log'))
    await rm(path)
    await writeFile(path, 'secret\n')
    await ship.came(2)
    await eventually(() => ship.told.includes('recovered secret.log'))
    expect(ship.topic.messages.toSorted()).toEqual(['fine', 'secret'])
    expect(ship.counts.troubles).toMatchObject({ unreadable: 1 })
  })
})

describe('a clock that goes back', () => {
  test('shows in read_at only: lines come once, ends by time are decided, and nothing known is forgotten', async () => {
    await writeFile(ship.path('a.log'), 'before\n')
    await ship.start({ partialMs: 100 })
    await ship.came(1)
    const lastYear = Date.now() - 365 * 86_400_000
    vi.spyOn(Date, 'now').mockImplementation(() => lastYear)
    await appendFile(ship.path('a.log'), 'after\nhalf')
    await ship.came(3)
    await ship.stop()
    await ship.once()
    expect(ship.topic.lines.map(({ message }) => message)).toEqual(['before', 'after', 'half'])
    expect(ship.topic.lines.map(({ read_at }) => Number(read_at) === lastYear)).toEqual([false, true, true])
    expect((await ship.checkpoint()).map(({ offset }) => offset)).toEqual([17])
  })

  test('or forward by years makes nothing come twice', async () => {
    await writeFile(ship.path('a.log'), 'one\n')
    await ship.once()
    const later = Date.now() + 3 * 365 * 86_400_000
    vi.spyOn(Date, 'now').mockImplementation(() => later)
    await appendFile(ship.path('a.log'), 'two\n')
    await ship.once()
    expect(ship.topic.lines.map(({ message }) => message)).toEqual(['one', 'two'])
  })
})
