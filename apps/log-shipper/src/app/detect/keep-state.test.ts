import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Detector } from '../../domain/detect/detector.js'
import { KeepState } from './keep-state.js'

const begin = Date.UTC(2026, 0, 5, 10)

let folder: string
let file: string
let warnings: string[]
const logger = { info: () => undefined, warn: (_about: unknown, text?: string) => void warnings.push(String(text)) }

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swipestream-detect-'))
  file = join(folder, 'state.json')
  warnings = []
})
afterEach(() => rm(folder, { recursive: true }))

/** Two requests a second for some hours, one in twenty of which fails, and an error now and then. */
function learned(): Detector {
  const detector = new Detector()
  for (let i = 0; i < 4 * 7_200; i++) {
    const at = begin + i * 500
    detector.observe({ service: 'shop', at, request: { route: 'GET /a', failed: i % 20 === 0, ms: 100, sample: '' } }, at)
    if (i % 1_000 === 0) detector.observe({ service: 'shop', at, error: `usual ${i}` }, at)
  }
  return detector
}

async function restarted(): Promise<Detector> {
  const next = new Detector()
  await new KeepState(file, next, logger).onModuleInit()
  return next
}

describe('what is usual', () => {
  test('is known after a restart', async () => {
    const before = learned()
    await new KeepState(file, before, logger).onModuleDestroy()
    const after = await restarted()
    expect(after.state()).toEqual(before.state())
    const later = begin + 5 * 3_600_000
    const events = Array.from({ length: 120 }, (_, i) => after.observe({ service: 'shop', at: later + i * 500, request: { route: 'GET /a', failed: false, ms: 900, sample: '200' } }, later + i * 500)).flat()
    expect(events[0]).toMatchObject({ code: 'LOG_LATENCY', subject: null })
    // Twelve in a hundred is no more than three times what is usual.
    expect(events.some(({ code }) => code === 'LOG_ERROR_RATE')).toBe(false)
    const errors = [...Array(3).keys()].flatMap((n) => after.observe({ service: 'shop', at: later + 100_000, error: `usual ${n}` }, later + 100_000))
    expect([...errors, ...after.tick(later + 110_000)].filter(({ code }) => code === 'LOG_NEW_ERROR')).toEqual([])
  })

  test.each([['nonsense', 'nonsense'], ['of another version', '{"version":0,"services":{}}']])('that is %s is learned anew, and somebody is told', async (_name, text) => {
    await writeFile(file, text)
    expect((await restarted()).state()).toEqual({})
    expect(warnings).toEqual(['what is usual cannot be read (LOG_DETECT_STATE_FILE): it is learned anew'])
  })

  test('that was never kept is learned', async () => {
    expect((await restarted()).state()).toEqual({})
    expect(warnings).toEqual([])
  })

  test('that cannot be written is not lost silently', async () => {
    await new KeepState(join(folder, 'no', 'such', 'folder.json'), learned(), logger).onModuleDestroy()
    expect(warnings).toEqual(['what is usual cannot be kept (LOG_DETECT_STATE_FILE)'])
  })

  test('is a whole file at any time', async () => {
    const keep = new KeepState(file, learned(), logger)
    await keep.onModuleDestroy()
    const whole = await readFile(file, 'utf8')
    expect(JSON.parse(whole)).toMatchObject({ version: 1, services: { shop: {} } })
  })
})
