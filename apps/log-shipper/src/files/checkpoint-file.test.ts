import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { FileRecord } from '../domain/file-identity.js'
import { CheckpointFile } from './checkpoint-file.js'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'checkpoint-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const place = { device: '1', inode: '18446744073709551615' }
const record: FileRecord = { fileId: 'f', generation: 1, origin: place, at: null, path: '/a.log', input: 'in', head: { length: 1, digest: 'd' }, offset: 7, tail: { length: 1, digest: 'd' }, cut: 9, finished: false, seenAt: 5 }

describe('what is remembered', () => {
  test('is nothing at first, then what was saved last', async () => {
    const file = new CheckpointFile(directory)
    expect(await file.load()).toEqual([])
    await file.save([record])
    await file.save([{ ...record, at: place, offset: 8 }])
    expect(await new CheckpointFile(directory).load()).toEqual([{ ...record, at: place, offset: 8 }])
  })

  test.each(['', '{"version":1,"files":[{}]}', '{"version":2,"files":[]}', 'junk'])('is refused when it is damaged (%j)', async (text) => {
    await writeFile(join(directory, 'checkpoint.json'), text)
    await expect(new CheckpointFile(directory).load()).rejects.toMatchObject({ code: 'LOG_CHECKPOINT_INVALID', kind: 'fatal' })
  })

  test('that cannot be written is said, and the old one stays', async () => {
    const file = new CheckpointFile(join(directory, 'missing'))
    await expect(file.save([record])).rejects.toMatchObject({ code: 'LOG_CHECKPOINT_UNWRITABLE', kind: 'transient' })
  })
})
