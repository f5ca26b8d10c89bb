import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { cpuMicrosOf } from '../process-usage.js'
import { writeAccessLog } from './access-log.js'
import { type Bench, mebibyte } from './bench.js'

const program = fileURLToPath(new URL('../../../apps/log-shipper/dist/cli/logs.js', import.meta.url))
/** Enough for the compiler to have done its work early; some 64 MiB. */
const mostLines = 300_000

export interface Parsing {
  readonly mibPerSecond: number
  readonly cpuSecondsPerMib: number
}

/**
 * How fast lines become ECS documents: `logs parse` prints them, as JSON, to where nobody reads.
 *
 * @throws Error when not every line was parsed
 */
export async function parsing({ directory, options: { records }, report }: Bench): Promise<Parsing> {
  const { path, lines, bytes } = writeAccessLog(join(directory, 'parse.log'), Math.min(mostLines, records))
  const nowhere = openSync('/dev/null', 'w')
  const begun = performance.now()
  // That of this process, which only waits, and of children that have ended.
  const usedBefore = await cpuMicrosOf(process.pid)
  const child = spawn(process.execPath, [program, 'parse', path, '--format', 'apache.access'], { stdio: ['ignore', nowhere, 'pipe'] })
  closeSync(nowhere)
  const told: string[] = []
  createInterface({ input: child.stderr as Readable }).on('line', (line) => told.push(line))
  await once(child, 'close')
  const seconds = (performance.now() - begun) / 1_000
  const expected = `${lines} lines, ${lines} entries: ${lines} parsed, 0 not`
  if (child.exitCode !== 0 || !told.includes(expected)) throw new Error(`logs parse did not parse each of ${lines} lines: exit code ${child.exitCode}, ${told.join(' | ')}`)
  const mib = bytes / mebibyte
  const found = { mibPerSecond: mib / seconds, cpuSecondsPerMib: ((await cpuMicrosOf(process.pid)) - usedBefore) / 1e6 / mib }
  report(`parse: ${found.mibPerSecond.toFixed(1)} MiB/s, ${(found.cpuSecondsPerMib * 1_000).toFixed(1)} ms of CPU a MiB`)
  return found
}
