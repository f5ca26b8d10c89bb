import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Checksum, lineAt, writeAccessLog } from './access-log.js'

const combined = /^\d+\.\d+\.\d+\.\d+ - - \[\d\d\/Nov\/2026:\d\d:\d\d:\d\d \+0000\] "(?:GET|POST) \/\S+ HTTP\/1\.1" \d{3} \d+ "[^"]+" "[^"]+"$/

describe('the access log', () => {
  test('has lines in combined format, of varied lengths, the same each time', () => {
    const lines = Array.from({ length: 5_000 }, (_, n) => lineAt(n))
    expect(lines.filter((line) => !combined.test(line))).toEqual([])
    expect(new Set(lines).size).toBe(5_000)
    expect(new Set(lines.map(({ length }) => length)).size).toBeGreaterThan(100)
    expect(lineAt(17)).toBe(lines[17])
    expect(lines.filter((line) => /token=|%40|411111|session=/.test(line)).length).toBeGreaterThan(50)
  })

  test('is what is said of it', () => {
    const directory = mkdtempSync(join(tmpdir(), 'access-'))
    const { path, lines, bytes, checksum } = writeAccessLog(join(directory, 'a.log'), 25_000)
    const text = readFileSync(path)
    expect(text.length).toBe(bytes)
    const sum = new Checksum()
    const found = text.toString().trimEnd().split('\n')
    for (const line of found.toReversed()) sum.add(Buffer.from(line))
    expect([found.length, sum.value]).toEqual([lines, checksum])
    rmSync(directory, { recursive: true })
  })
})

test('a checksum changes by a text that lacks, or comes twice', () => {
  const of = (...texts: readonly string[]) => {
    const sum = new Checksum()
    for (const text of texts) sum.add(Buffer.from(text))
    return sum.value
  }
  expect(of('a', 'b')).toBe(of('b', 'a'))
  expect(new Set([of('a', 'b'), of('a'), of('a', 'b', 'b'), of('a', 'c')]).size).toBe(4)
})
