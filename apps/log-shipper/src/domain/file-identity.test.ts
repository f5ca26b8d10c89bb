import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { beginsWith, changeOf, fingerprint, headBytes, identify, maybeArchiveOf, rotationStem, type Seen } from './file-identity.js'

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const place = { device: '1', inode: '2' }
const content = Buffer.from('first line\nsecond line\n')
const known = { at: place, path: '/var/log/app.log', head: fingerprint(content, digest), offset: content.length }
const seen = (over: Partial<Seen> = {}): Seen => ({ place, path: known.path, size: content.length, head: content, ...over })

describe('a known file', () => {
  test.each<[string, Partial<Seen>, ReturnType<typeof changeOf>]>([
    ['is the same when nothing has changed', {}, 'same'],
    ['has grown when there are more bytes', { size: 100, head: Buffer.concat([content, Buffer.from('third')]) }, 'grown'],
    ['was renamed when it is at another path', { path: '/var/log/app.log.1' }, 'renamed'],
    ['was truncated when there are fewer bytes than were read', { size: 5, head: content.subarray(0, 5) }, 'truncated'],
    ['was truncated also to nothing', { size: 0, head: Buffer.alloc(0) }, 'truncated'],
    ['was replaced when it begins otherwise: filled again, or the inode of another file', { size: 100, head: Buffer.from('FIRST line\nsecond line\nmore') }, 'replaced'],
    ['is not the file with another inode', { place: { device: '1', inode: '3' } }, 'another'],
    ['is not the file of another device', { place: { device: '9', inode: '2' } }, 'another'],
  ])('%s', (_, over, expected) => {
    expect(changeOf(known, content.length, seen(over), digest)).toBe(expected)
  })

  test('that is nowhere is no file that is seen', () => {
    expect(changeOf({ ...known, at: null }, 0, seen(), digest)).toBe('another')
  })

  test('is known by a head that grows', () => {
    for (const length of [1, 10, content.length]) expect(beginsWith(content, fingerprint(content.subarray(0, length), digest), digest)).toBe(true)
    expect(beginsWith(content.subarray(0, 3), known.head, digest)).toBe(false)
  })
})

describe('a file id', () => {
  const head = Buffer.alloc(headBytes, 'x')

  test('is 32 hexadecimal digits, and the same for the same file', () => {
    const first = identify(place, head, [], digest)
    expect(first).toEqual({ fileId: expect.stringMatching(/^[\da-f]{32}$/), generation: 0 })
    expect(identify(place, head, [], digest)).toEqual(first)
  })

  test('differs by device, inode, head and generation', () => {
    const records = [
      { origin: place, generation: 0 },
      { origin: place, generation: 3 },
      { origin: { device: '1', inode: '8' }, generation: 7 },
    ]
    const ids = [
      identify(place, head, [], digest),
      identify({ ...place, device: '5' }, head, [], digest),
      identify({ ...place, inode: '5' }, head, [], digest),
      identify(place, Buffer.from('y'), [], digest),
      identify(place, head, records, digest),
    ]
    expect(new Set(ids.map(({ fileId }) => fileId)).size).toBe(5)
    expect(ids[4]?.generation).toBe(4)
  })
})

describe('the name of an archive', () => {
  test.each([
    ['app.log.1', 'app.log'],
    ['app.log.12.gz', 'app.log'],
    ['app.log-20261129', 'app.log'],
    ['app.log-20261129.gz', 'app.log'],
    ['app.log-20261129-1764400000.gz', 'app.log'],
    ['app.log.2026-11-29', 'app.log'],
    ['app.log.gz', 'app.log'],
    ['app.log.old', 'app.log'],
    ['app.log', 'app.log'],
    ['access_log', 'access_log'],
    ['node-1.log', 'node-1.log'],
    ['.1', '.1'],
  ])('%s is made of %s', (name, stem) => {
    expect(rotationStem(name)).toBe(stem)
  })

  test.each([
    ['app.log.1', content, true],
    ['app.log.2.gz', Buffer.concat([content, Buffer.from('more')]), true],
    ['app.log.1', Buffer.from('other content, as long as it'), false],
    ['app.log.1', content.subarray(0, 4), false],
    ['other.log.1', content, false],
    ['app.log', content, false],
  ])('%s with its content (%#) may be one: %s', (name, head, expected) => {
    expect(maybeArchiveOf(known, name, head, digest)).toBe(expected)
  })

  test('is that of nothing when nothing was read, unless all of the head is the same', () => {
    const head = Buffer.alloc(headBytes, 'x')
    expect(maybeArchiveOf({ ...known, offset: 0 }, 'app.log.1', content, digest)).toBe(false)
    expect(maybeArchiveOf({ ...known, offset: 0, head: fingerprint(head, digest) }, 'app.log.1', head, digest)).toBe(true)
  })
})
