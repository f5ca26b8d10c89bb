import { join } from 'node:path'
import { type Outcome, type Output, plain, runCommand, tableOf, timeOf, UsageError } from '@swipestream/messaging'
import { samePlace } from '../domain/file-identity.js'
import { shipFilesConfig } from '../config.js'
import { CheckpointFile } from '../files/checkpoint-file.js'
import { holderOf } from '../files/state-lock.js'
import { lookAt } from '../files/scan.js'
import { stateDirectory } from '../ship-config.js'

/** What it does, in the list of commands. */
export const summary = 'how far log files were shipped'

const help = `Usage: npm run logs -- status [--json]

How far each file was shipped, as the shipper on LOG_STATE_DIR remembers it, and what it has beyond that.

  --json      print one JSON object as the last line, with the files
  --help      print this

Exit code: 0 it is shown, 1 it failed, 2 wrong use.`

interface FileStatus {
  readonly path: string
  readonly fileId: string
  readonly generation: number
  readonly offset: number
  /** null: the file is not there any more. */
  readonly size: number | null
  /** Bytes that are not shipped; of a compressed file that is not yet finished, its size. */
  readonly lag: number
  readonly state: 'reading' | 'finished' | 'gone' | 'truncated'
  readonly seenAt: string
}

/** Runs `logs status`; the exit code. */
export function run(args: readonly string[], env: NodeJS.ProcessEnv, output: Output): Promise<number> {
  const perform = (_: string, names: readonly string[]) => {
    if (names.length > 0) throw new UsageError(`logs status takes no names, not ${names.join(' ')}`)
    return status(env)
  }
  return runCommand({ script: 'logs', help, options: {}, perform }, ['status', ...args], output)
}

async function status(env: NodeJS.ProcessEnv): Promise<Outcome> {
  const directory = stateDirectory(shipFilesConfig(env))
  const records = await new CheckpointFile(directory).load()
  const files: FileStatus[] = []
  for (const { path, fileId, generation, offset, at, finished, seenAt } of records) {
    const there = at === null ? 'missing' : await lookAt(path)
    const size = typeof there === 'string' || at === null || !samePlace(there.place, at) ? null : there.size
    const truncated = size !== null && !finished && size < offset && !/\.gz$/i.test(path)
    const state = size === null ? 'gone' : finished ? 'finished' : truncated ? 'truncated' : 'reading'
    files.push({ path, fileId, generation, offset, size, lag: state === 'reading' && size !== null ? Math.max(0, size - offset) : 0, state, seenAt: timeOf(seenAt) })
  }
  const lagBytes = files.reduce((sum, { lag }) => sum + lag, 0)
  const holder = await holderOf(directory)
  const rows = files.map(({ path, state, offset, size, lag }) => [plain(path), state, offset, size ?? '-', lag])
  return {
    lines: [
      ...tableOf(['file', 'state', 'shipped', 'size', 'lag'], rows, [false, false, true, true, true]),
      `${lagBytes} bytes to go; ${holder === null ? 'no shipper runs' : `process ${holder} ships`}; remembered in ${join(directory, 'checkpoint.json')}`,
    ],
    json: { files, lagBytes, shipper: holder, broken: [] },
  }
}
