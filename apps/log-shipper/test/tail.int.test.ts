import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type LogLine, serverLogs } from '@swipestream/contracts'
import { eventually, testBackbone, type TestBackbone } from '@swipestream/messaging/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const program = fileURLToPath(new URL('../dist/cli/logs.js', import.meta.url))
let backbone: TestBackbone
let tail: ChildProcess | undefined
beforeEach(async () => {
  backbone = await testBackbone([serverLogs])
})
afterEach(async () => {
  tail?.kill('SIGKILL')
  await backbone.close()
})

const entry = (i: number, service: string): LogLine => ({ file_key: `h/${service}`, host: 'h', file_id: service, path: '/a', generation: 0, offset: i, end_offset: i + 1, service, format: 'nginx.access', message: `192.0.2.1 - - [03/Feb/2026:04:05:06 +0000] "GET /${i} HTTP/1.1" 200 1 "-" "x"`, truncated: false, redactions: 0, read_at: i })
const ship = (...lines: LogLine[]) => backbone.publish(lines.map((line) => serverLogs.event(line)))

describe('tail', () => {
  test('shows what is there and what comes, and ends by Ctrl-C', { timeout: 240_000 }, async () => {
    await ship(...Array.from({ length: 30 }, (_, i) => entry(i, i % 2 === 0 ? 'shop' : 'till')))
    const child = spawn(process.execPath, [program, 'tail', '-n', '3', '--service', 'shop', '--json'], { env: { ...process.env, ...backbone.env }, stdio: ['ignore', 'pipe', 'inherit'] })
    tail = child
    const paths: unknown[] = []
    createInterface({ input: child.stdout }).on('line', (line) => paths.push((JSON.parse(line) as { url: { path: string } }).url.path))
    await eventually(() => expect(paths).toEqual(['/24', '/26', '/28']), { timeoutMs: 150_000 })
    await ship(entry(31, 'till'), entry(32, 'shop'))
    await eventually(() => expect(paths).toEqual(['/24', '/26', '/28', '/32']))
    child.kill('SIGINT')
    expect(await once(child, 'close')).toEqual([0, null])
  })
})
