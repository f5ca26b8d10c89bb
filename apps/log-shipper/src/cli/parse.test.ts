import { createReadStream, existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run } from './parse.js'
import { run as runAny } from './run.js'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const data = join(process.env['SWIPESTREAM_DATA'] ?? join(root, '../shared/data'), 'logs')
const missing = !existsSync(join(data, 'apache_access.log'))
if (missing) console.log(`skipped: no apache_access.log in ${data} (set SWIPESTREAM_DATA to the directory that has logs/)`)

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swipestream-parse-'))
})
afterAll(() => rm(folder, { recursive: true }))

interface Ran {
  code: number
  documents: { log: { offset: number }; message?: string; event: { original: string; timezone?: string }; tags?: string[]; [name: string]: unknown }[]
  out: string[]
  err: string[]
}

async function logs(args: readonly string[], stdin: Readable = Readable.from([])): Promise<Ran> {
  let written = ''
  const out: string[] = []
  const err: string[] = []
  const write = (text: string) => {
    written += text
    return Promise.resolve(true)
  }
  const output = { out: (line: string) => out.push(line), err: (line: string) => err.push(line) }
  const code = args[0] === 'parse' ? await run(args.slice(1), {}, output, { stdin, write }) : await runAny(args, {}, output)
  const documents = written.split('\n').filter(Boolean).map((line) => JSON.parse(line) as Ran['documents'][number])
  return { code, documents, out, err }
}

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

const line = (path: string) => `192.0.2.1 - - [03/Feb/2026:04:05:06 +0000] "GET ${path} HTTP/1.1" 200 1 "-" "x"`

describe('parse', () => {
  test('prints a document an entry, at the byte where it begins, and counts', async () => {
    const path = await file('access.log', `${line('/é')}\r\n\n${line('/b')}\nnonsense\n${line('/c')}`)
    const { code, documents, err } = await logs(['parse', path])
    const begin = Buffer.byteLength(line('/é')) + 2
    expect(documents.map(({ log }) => log.offset)).toEqual([0, begin, begin + 1, begin + 2 + line('/b').length, begin + 11 + line('/b').length])
    expect(documents[0]?.event.original).toBe(line('/é'))
    expect(documents.map(({ tags }) => tags)).toEqual([undefined, ['_parsefailure'], undefined, ['_parsefailure'], undefined])
    expect(err).toEqual(['5 lines, 5 entries: 3 parsed, 2 not (1 empty, 1 format)'])
    expect(code).toBe(0)
  })

  test('reads what gzip has packed, and standard input', async () => {
    const path = await file('access.log.gz', gzipSync(`${line('/a')}\n${line('/b')}\n`))
    expect((await logs(['parse', path])).documents).toHaveLength(2)
    expect((await logs(['parse', '-'], createReadStream(path))).documents).toHaveLength(2)
    expect((await logs(['parse', '-'], Readable.from([Buffer.from(`${line('/a')}\n`)]))).documents).toHaveLength(1)
    expect((await logs(['parse', '-'])).err).toEqual(['0 lines, 0 entries: 0 parsed, 0 not'])
  })

  test('joins the lines of one entry of an error log', async () => {
    const path = await file('e.log', '2026/02/03 04:05:06 [error] 1#1: a\n  at b\n  at c\n2026/02/03 04:05:07 [error] 1#1: d\n')
    const { documents } = await logs(['parse', path, '--timezone=-02:00'])
    expect(documents.map(({ message }) => message)).toEqual(['a\n  at b\n  at c', 'd'])
    expect(documents[0]).toMatchObject({ '@timestamp': '2026-02-03T06:05:06.000Z', event: { timezone: '-02:00' } })
  })

  test('looks at the beginning of a line that is too long, and goes on behind it', async () => {
    const path = await file('long.log', `${line(`/${'a'.repeat(3_000_000)}`)}\n${line('/b')}\n`)
    const { documents } = await logs(['parse', path])
    expect(documents).toHaveLength(2)
    expect(documents[0]).toMatchObject({ log: { flags: ['truncated'] }, tags: ['_parsefailure'] })
    expect(documents[0]?.event.original).toHaveLength(1_048_576)
    expect(documents[1]?.tags).toBeUndefined()
  })

  test('with --json ends in the counts', async () => {
    const path = await file('one.log', `${line('/a')}\nx\n`)
    const { out } = await logs(['parse', path, '--json'])
    expect(out.map((text) => JSON.parse(text) as unknown)).toEqual([{ command: 'parse', lines: 2, entries: 2, parsed: 1, unparsed: 1, reasons: { format: 1 }, broken: [] }])
  })

  test.each([
    [['parse'], 2, /parse takes one FILE/],
    [['parse', 'a', 'b'], 2, /parse takes one FILE/],
    [['parse', 'a', '--format', 'iis'], 2, /--format takes one of auto, nginx.access/],
    [['parse', 'a', '--timezone', 'Mars'], 2, /--timezone takes an IANA name/],
    [['parse', '/nowhere/at/all.log'], 1, /LOG_FILE_UNREADABLE.*ENOENT/],
    [['parse', 'a', '--geoip', '/nowhere/x.mmdb'], 1, /LOG_GEOIP_UNREADABLE.*x.mmdb/],
    [['unknown'], 2, /no such command/],
  ])('%j ends with %i', async (args, expected, says) => {
    const { code, err } = await logs(args)
    expect(code).toBe(expected)
    expect(err.join('\n')).toMatch(says)
  })
})

describe.skipIf(missing)('real files', () => {
  test.each([
    ['apache_access.log', 'auto', 10_000],
    ['apache_access.log', 'apache.access', 10_000],
    ['apache_error.log', 'auto', 2_000],
    ['apache_error.log', 'apache.error', 2_000],
  ])('%s as %s: every entry is parsed', async (name, format, entries) => {
    const { documents, err } = await logs(['parse', join(data, name), '--format', format])
    expect(err).toEqual([`${entries} lines, ${entries} entries: ${entries} parsed, 0 not`])
    expect(documents).toHaveLength(entries)
    expect(new Set(documents.map(({ log }) => log.offset)).size).toBe(entries)
  })
})
