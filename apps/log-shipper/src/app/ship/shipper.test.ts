import { appendFile, copyFile, link, mkdir, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { execFileSync } from 'node:child_process'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { eventually } from '@swipestream/messaging/testing'
import { type Shipping, shipping } from './shipping.fixture.js'

let ship: Shipping
beforeEach(async () => {
  ship = await shipping()
})
afterEach(() => ship.remove())

const lines = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `line ${from + i}`)
const text = (all: readonly string[]) => all.map((line) => `${line}\n`).join('')
const write = (name: string, all: readonly string[]) => appendFile(ship.path(name), text(all))

/** That every line came, and nothing else. */
const expectOnce = (expected: readonly string[]) => expect(ship.topic.messages.toSorted()).toEqual([...expected].sort())

describe('a line', () => {
  test('is shipped with its file, its place and what the input says', async () => {
    await write('a.log', ['first', 'second ?token=abc'])
    await ship.once()
    const [first, second] = ship.topic.lines
    expect(first).toMatchObject({ host: 'h1', path: ship.path('a.log'), generation: 0, offset: 0, end_offset: 6, service: 'shop', format: 'auto', message: 'first', truncated: false, redactions: 0 })
    expect(first?.file_id).toMatch(/^[\da-f]{32}$/)
    expect(first?.file_key).toBe(`h1/${first?.file_id}`)
    expect(second).toMatchObject({ offset: 6, message: 'second ?token=[redacted]', redactions: 1 })
    expect(ship.counts.totals).toMatchObject({ entries: 2, bytes: 24, redactions: 1 })
  })

  test('that is too long is cut, and counted', async () => {
    await write('a.log', ['x'.repeat(20_000), 'y'])
    await ship.once()
    expect(ship.topic.lines.map(({ message, truncated }) => [message.length, truncated])).toEqual([[10_000, true], [1, false]])
    expect(ship.counts.totals.truncated).toBe(1)
  })

  test('of 100 MB takes no more memory than its limit', async () => {
    for (let i = 0; i < 100; i++) await appendFile(ship.path('a.log'), Buffer.alloc(1 << 20, 'z'))
    await write('a.log', ['', 'after'])
    const before = process.memoryUsage().rss
    await ship.once()
    expect(ship.topic.lines.map(({ message }) => message.length)).toEqual([10_000, 5])
    expect((process.memoryUsage().rss - before) / 2 ** 20).toBeLessThan(60)
  })

  test('that is no UTF-8 is shipped with U+FFFD, and counted', async () => {
    await writeFile(ship.path('a.log'), Buffer.concat([Buffer.from('first\n'), Buffer.from([0x61, 0xff, 0xfe, 0x62, 0x0a]), Buffer.from('Zürich\n')]))
    await ship.once()
    expect(ship.topic.messages).toEqual(['first', 'a\uFFFD\uFFFDb', 'Zürich'])
    expect(ship.counts.totals.undecodable).toBe(1)
  })

  test.each([
    ['latin1', Buffer.from('Z\u00fcrich\nb\n', 'latin1'), [0, 7]],
    ['utf-16le', Buffer.from('\uFEFFZ\u00fcrich\r\nb\r\n', 'utf16le'), [0, 18]],
    ['utf-16be', Buffer.from('Z\u00fcrich\nb\n', 'utf16le').swap16(), [0, 14]],
  ] as const)('of a file in %s has offsets in its bytes', async (encoding, bytes, offsets) => {
    await writeFile(ship.path('a.log'), bytes)
    await ship.once({}, { encoding })
    expect(ship.topic.lines.map(({ message, offset }) => [message, offset])).toEqual([['Z\u00fcrich', offsets[0]], ['b', offsets[1]]])
  })

  test('after CRLF, NUL and a byte order mark is itself', async () => {
    await writeFile(ship.path('a.log'), '\uFEFFa\r\n\0\0b\n')
    await ship.once()
    expect(ship.topic.lines.map(({ message, offset }) => [message, offset])).toEqual([['a', 0], ['b', 6]])
  })

  test('without its end waits; after the quiet time it is shipped, and what comes later is another entry', async () => {
    await writeFile(ship.path('a.log'), 'whole\nhalf')
    await ship.start({ partialMs: 100 })
    await ship.came(2)
    await appendFile(ship.path('a.log'), ' more\n')
    await ship.came(3)
    expect(ship.topic.once.map(({ message, offset, end_offset }) => [message, offset, end_offset])).toEqual([['whole', 0, 6], ['half', 6, 10], [' more', 10, 16]])
  })

  test('whose end comes in time is one entry', async () => {
    await writeFile(ship.path('a.log'), 'half')
    await ship.start()
    await eventually(async () => (await ship.checkpoint()).length === 1)
    await appendFile(ship.path('a.log'), ' and half\n')
    await ship.came(1)
    expect(ship.topic.messages).toEqual(['half and half'])
  })
})

describe('an end that time decided', () => {
  test('is the same after a kill, though more has come: nothing of it is lost', async () => {
    await writeFile(ship.path('a.log'), 'half')
    await ship.start({ partialMs: 50 })
    await ship.came(1)
    // As if the last checkpoint were the one before the entry was acknowledged.
    await ship.stop()
    const [record] = await ship.checkpoint()
    const before = JSON.stringify({ version: 1, files: [{ ...record, offset: 0, cut: 4, tail: { length: 0, digest: record?.tail.digest } }] })
    await writeFile(ship.path('checkpoint.json'), before)
    await appendFile(ship.path('a.log'), ' more\n')
    await ship.start()
    await ship.came(2)
    expect(ship.topic.lines.map(({ message, offset }) => [message, offset])).toEqual([['half', 0], ['half', 0], [' more', 4]])
  })

  test('is not sent before it is remembered', async () => {
    await writeFile(ship.path('a.log'), 'whole\nhalf')
    // So long that nothing is decided before the disk is full.
    await ship.start({ partialMs: 3_600_000 })
    await ship.came(1)
    await ship.stop()
    ship.full = true
    await ship.start({ partialMs: 50 })
    await write('b.log', ['never seen before'])
    await eventually(() => (ship.counts.troubles.checkpoint_unwritable ?? 0) > 5)
    expect(ship.topic.messages).toEqual(['whole'])
    ship.full = false
    await ship.came(3)
  })
})

describe('entries of several lines', () => {
  const multiline = { kind: 'start', pattern: /^\d/, maxLines: 100, timeoutMs: 50 } as const

  test('come whole, the last one after the time', async () => {
    await write('a.log', ['1 error', '  at a', '  at b', '2 fine'])
    await ship.start({}, { multiline })
    await ship.came(2)
    expect(ship.topic.once.map(({ message, offset }) => [message, offset])).toEqual([['1 error\n  at a\n  at b', 0], ['2 fine', 22]])
  })

  test('come whole also when they are shipped once', async () => {
    await write('a.log', ['1 error', '  at a', '2 fine'])
    await ship.once({}, { multiline })
    expect(ship.topic.messages).toEqual(['1 error\n  at a', '2 fine'])
  })
})

describe('a file', () => {
  test('that is shorter than its head keeps its id as it grows', async () => {
    await ship.start()
    for (let i = 0; i < 300; i += 50) {
      await write('a.log', lines(i, i + 50))
      await ship.came(i + 50)
    }
    expectOnce(lines(0, 300))
    expect(new Set(ship.topic.lines.map(({ file_id }) => file_id)).size).toBe(1)
  })

  test('keeps its id over restarts, and is read on where it was', async () => {
    for (let i = 0; i < 5; i++) {
      await write('a.log', lines(10 * i, 10 * i + 10))
      await ship.once()
    }
    expect(ship.topic.lines.map(({ message }) => message)).toEqual(lines(0, 50))
    expect(new Set(ship.topic.lines.map(({ file_id }) => file_id)).size).toBe(1)
  })

  test('that was renamed, in the pattern or out of it, is read to its end, and its successor from the beginning', async () => {
    const paths = [ship.path('*.log'), ship.path('*.log.1')]
    await ship.start({}, { paths })
    await write('a.log', lines(0, 10))
    await ship.came(10)
    await rename(ship.path('a.log'), ship.path('a.log.1'))
    await write('a.log.1', lines(10, 20))
    await write('a.log', lines(20, 30))
    await ship.came(30)
    await rename(ship.path('a.log'), ship.path('gone'))
    await write('gone', lines(30, 40))
    await write('a.log', lines(40, 50))
    await ship.came(50)
    expectOnce(lines(0, 50))
    expect(new Set(ship.topic.lines.map(({ file_id }) => file_id)).size).toBe(3)
    await eventually(() => ship.told.includes('gone gone') || ship.told.includes('gone a.log'))
  })

  test('that was renamed while nobody looked is found beside its place', async () => {
    await write('a.log', lines(0, 10))
    await ship.once()
    await write('a.log', lines(10, 20))
    await rename(ship.path('a.log'), ship.path('a.log.1'))
    await write('a.log', lines(20, 30))
    await ship.once()
    expectOnce(lines(0, 30))
  })

  test('that was truncated begins anew, with another id', async () => {
    await ship.start()
    await write('a.log', lines(0, 10))
    await ship.came(10)
    await truncate(ship.path('a.log'))
    await write('a.log', lines(100, 105))
    await ship.came(15)
    expectOnce([...lines(0, 10), ...lines(100, 105)])
    expect(ship.topic.once.map(({ generation }) => generation)).toEqual([...Array<number>(10).fill(0), ...Array<number>(5).fill(1)])
  })

  test('that was truncated and filled again beyond what was read begins anew', async () => {
    await write('a.log', lines(0, 3))
    await ship.once()
    await writeFile(ship.path('a.log'), text(lines(100, 200)))
    await ship.once()
    expectOnce([...lines(0, 3), ...lines(100, 200)])
  })

  test('that was copied and truncated loses nothing that is in the copy', async () => {
    await ship.start()
    await write('a.log', lines(0, 10))
    await ship.came(10)
    await ship.stop()
    await write('a.log', lines(10, 20))
    await copyFile(ship.path('a.log'), ship.path('a.log.1'))
    await truncate(ship.path('a.log'))
    await write('a.log', lines(20, 25))
    await ship.start()
    await ship.came(25)
    expectOnce(lines(0, 25))
  })

  test.each([false, true])('that was copied and truncated is not read twice, be the copy in the pattern (%s)', async (matches) => {
    const paths = [ship.path('*.log'), ...(matches ? [ship.path('*.log.*')] : [])]
    await ship.start({}, { paths })
    for (let i = 0; i < 4; i++) {
      await write('a.log', lines(i * 100, i * 100 + 100))
      await ship.came((i + 1) * 100)
      await copyFile(ship.path('a.log'), ship.path(`a.log.${i}`))
      await truncate(ship.path('a.log'))
    }
    await write('a.log', ['the end'])
    await ship.came(401)
    await ship.stop()
    await ship.once({}, { paths })
    expectOnce([...lines(0, 400), 'the end'])
  })

  test('that is deleted is read to its end', async () => {
    await ship.start({ scanMs: 10_000_000 })
    await write('b.log', ['x'])
    await write('a.log', lines(0, 10))
    ship.reopen()
    await ship.came(11)
    ship.topic.refuse = () => new Error('away')
    await write('a.log', lines(10, 12))
    await rm(ship.path('a.log'))
    await eventually(() => ship.counts.troubles.send_failed !== undefined)
    ship.topic.refuse = null
    await ship.came(13)
    expectOnce([...lines(0, 12), 'x'])
    await eventually(() => ship.told.includes('gone a.log'))
  })

  test('whose directory is away for a while is read on when it is back', async () => {
    const paths = [ship.path('d/*.log')]
    await mkdir(ship.path('d'))
    await write('d/a.log', lines(0, 10))
    await ship.once({}, { paths })
    await rename(ship.path('d'), ship.path('away'))
    await ship.once({}, { paths })
    await write('away/a.log', lines(10, 12))
    await rename(ship.path('away'), ship.path('d'))
    await ship.once({}, { paths })
    expect(ship.topic.lines.map(({ message }) => message)).toEqual(lines(0, 12))
  })

  test('under several names is read once', async () => {
    await mkdir(ship.path('d'))
    await write('d/real.log', lines(0, 5))
    await symlink(ship.path('d/real.log'), ship.path('link.log'))
    await link(ship.path('d/real.log'), ship.path('hard.log'))
    await ship.once({}, { paths: [ship.path('*.log'), ship.path('d/*.log')] })
    expect(ship.topic.messages).toEqual(lines(0, 5))
    expect(ship.topic.lines[0]?.path).toBe(ship.path('d/real.log'))
  })
})

describe('an archive', () => {
  const paths = () => [ship.path('*.log'), ship.path('*.log.*')]

  test('is read once, by its content', async () => {
    await writeFile(ship.path('a.log.2.gz'), gzipSync(text(lines(0, 5_000))))
    await ship.once({}, { paths: paths() })
    await rename(ship.path('a.log.2.gz'), ship.path('a.log.3.gz'))
    await ship.once({}, { paths: paths() })
    expect(ship.topic.lines.map(({ message }) => message)).toEqual(lines(0, 5_000))
  })

  test('of a file that was read is not read again', async () => {
    await write('a.log', lines(0, 500))
    await ship.once({}, { paths: paths() })
    await writeFile(ship.path('a.log.1.gz'), gzipSync(text(lines(0, 500))))
    await rm(ship.path('a.log'))
    await ship.once({}, { paths: paths() })
    await ship.once({}, { paths: paths() })
    expect(ship.topic.lines.map(({ message }) => message)).toEqual(lines(0, 500))
  })

  test('of a file that was read in part gives the rest', async () => {
    await write('a.log', lines(0, 500))
    await ship.once({}, { paths: paths() })
    await writeFile(ship.path('a.log.1.gz'), gzipSync(text(lines(0, 900))))
    await rm(ship.path('a.log'))
    await ship.once({}, { paths: paths() })
    expect(ship.topic.lines.map(({ message }) => message)).toEqual(lines(0, 900))
    expect(new Set(ship.topic.lines.map(({ file_id }) => file_id)).size).toBe(1)
  })

  test('that only begins as a file that was read is read as one of its own, when it does not grow', async () => {
    const banner = ['='.repeat(1_100)]
    await write('a.log', [...banner, ...lines(0, 500)])
    await ship.start({ partialMs: 100 }, { paths: paths() })
    await ship.came(501)
    await write('a.log.1', [...banner, ...lines(1_000, 1_010)])
    await write('a.log.2', [...banner, ...lines(2_000, 3_000)])
    await ship.came(501 + 11 + 1_001)
    expectOnce([...banner, ...banner, ...banner, ...lines(0, 500), ...lines(1_000, 1_010), ...lines(2_000, 3_000)])
  })

  test('of a file of which nothing was shipped before it was truncated gives all of it', async () => {
    ship.topic.refuse = () => new Error('away')
    await write('a.log', lines(0, 20_000))
    await ship.start()
    await eventually(() => (ship.counts.troubles.send_failed ?? 0) > 0)
    await copyFile(ship.path('a.log'), ship.path('a.log.1'))
    await truncate(ship.path('a.log'))
    await write('a.log', lines(20_000, 20_010))
    ship.topic.refuse = null
    await ship.came(20_010)
    expectOnce(lines(0, 20_010))
  })

  test('that is damaged gives what can be unpacked, and is counted', async () => {
    const packed = gzipSync(text(Array.from({ length: 20_000 }, (_, i) => `${i} ${Math.sin(i)}`)))
    await writeFile(ship.path('a.log.1.gz'), packed.subarray(0, packed.length / 2))
    await ship.once({}, { paths: paths() })
    expect(ship.topic.lines.length).toBeGreaterThan(1_000)
    expect(ship.counts.troubles.archive_damaged).toBe(1)
    expect((await ship.checkpoint())[0]?.finished).toBe(true)
  })
})

describe('what is no log file', () => {
  test('is not read, told of once, and read when that changes', async () => {
    await mkdir(ship.path('dir.log'))
    execFileSync('mkfifo', [ship.path('pipe.log')])
    await symlink(ship.path('nowhere'), ship.path('broken.log'))
    await symlink(ship.path('itself.log'), ship.path('itself.log'))
    await write('a.log', ['fine'])
    await ship.start()
    await ship.came(1)
    await eventually(() => ['fifo pipe.log', 'directory dir.log', 'unreadable broken.log', 'unreadable itself.log'].every((each) => ship.told.includes(each)))
    await rm(ship.path('pipe.log'))
    await write('pipe.log', ['now it is one'])
    await write('nowhere', ['where the link leads'])
    await ship.came(3)
    await eventually(() => ship.told.includes('recovered pipe.log') && ship.told.includes('recovered broken.log'))
    expect(ship.told.filter((each) => each === 'directory dir.log')).toHaveLength(1)
    expect(ship.counts.troubles).toMatchObject({ fifo: 1, directory: 1, unreadable: 2 })
  })
})

describe('the topic', () => {
  test('that is away is waited for, with no more in hand than two batches', async () => {
    ship.topic.refuse = () => new Error('away')
    const long = lines(0, 5_000).map((line) => line.padEnd(300, '.'))
    await write('a.log', long)
    await ship.start()
    await eventually(() => (ship.counts.troubles.send_failed ?? 0) > 2)
    expect(ship.counts.totals.entries).toBeLessThan(1_000)
    expect((await ship.checkpoint())[0]?.offset).toBe(0)
    ship.topic.refuse = null
    await ship.came(5_000)
    expect(ship.topic.lines.map(({ message }) => message)).toEqual(long)
  })

  test('that refuses one record for its size gets all others', async () => {
    const tooLarge = Object.assign(new Error('too large'), { code: 'KAFKA_RECORD_TOO_LARGE', kind: 'poison' })
    ship.topic.refuse = (records) => (records.some(({ value }) => (value?.length ?? 0) > 5_000) ? tooLarge : null)
    await write('a.log', [...lines(0, 50), 'x'.repeat(6_000), ...lines(50, 100)])
    await ship.once()
    expect(ship.topic.messages).toEqual(lines(0, 100))
    expect(ship.counts.troubles.record_too_large).toBe(1)
  })

  test('that refuses us for good ends the shipper', async () => {
    ship.topic.refuse = () => Object.assign(new Error('refused'), { kind: 'fatal' })
    await write('a.log', ['x'])
    await expect(ship.once()).rejects.toThrow('refused')
    ship.topic.refuse = null
    await ship.once()
    expect(ship.topic.messages).toEqual(['x'])
  })
})

test('files take turns', async () => {
  await write('a.log', lines(0, 100_000))
  await write('b.log', ['b'])
  await ship.once({ batchBytes: 50_000 })
  expect(ship.topic.messages.indexOf('b')).toBeLessThan(50_000)
})
