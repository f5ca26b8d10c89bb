import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { closeSync, openSync, rmSync } from 'node:fs'

/**
 * The guardian: a process that starts all others on behalf of the launcher and outlives it. When the launcher goes, in
 * whatever way (end, crash, kill -9), the channel between them closes; the guardian then ends every process group it
 * started, removes the run's directories and ends itself. Because the guardian is the parent, there is no moment at
 * which a process runs and nobody would end it.
 *
 * This file imports nothing of ours: it must start in a few milliseconds and run from source as from dist.
 */

/** What the launcher asks for. */
export type Request =
  | { type: 'spawn'; id: number; command: string; args: string[]; options: SpawnRequest }
  | { type: 'signal'; id: number; signal: NodeJS.Signals }
  | { type: 'remove-at-end'; path: string }
  | { type: 'end' }

export interface SpawnRequest {
  cwd: string
  env: Record<string, string>
  /** File that gets standard output and standard error, appended. */
  log: string
  stopSignal: NodeJS.Signals
  uid?: number
  gid?: number
}

/** What the launcher is told. */
export type Report =
  | { type: 'spawned'; id: number; pid: number }
  | { type: 'failed'; id: number; code: string; message: string }
  | { type: 'exited'; id: number; code: number | null; signal: NodeJS.Signals | null }

/** How long a process has after its stop signal before it is killed, ms. */
const PATIENCE = 5000

const running = new Map<number, { child: ChildProcess; stopSignal: NodeJS.Signals }>()
const directories: string[] = []
let ending = false

function report(message: Report): void {
  if (process.connected) process.send?.(message)
}

/** Signals a whole process group; a group that is gone already is what we want anyway. */
function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch (error) {
    // EPERM is macOS's word for a group of which only zombies are left.
    if (!(error instanceof Error && 'code' in error && (error.code === 'ESRCH' || error.code === 'EPERM'))) throw error
  }
}

function start(id: number, command: string, args: string[], { log, stopSignal, ...options }: SpawnRequest): void {
  let output: number | undefined
  try {
    output = openSync(log, 'a')
    // A group of its own: Ctrl-C at the terminal reaches the launcher only, and what the process starts ends with it.
    const child = spawn(command, args, { ...options, detached: true, stdio: ['ignore', output, output] })
    const pid = child.pid
    if (pid !== undefined) {
      running.set(id, { child, stopSignal })
      report({ type: 'spawned', id, pid })
    }
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (pid === undefined) report({ type: 'failed', id, code: error.code ?? 'UNKNOWN', message: error.message })
    })
    child.once('exit', (code, signal) => {
      if (pid === undefined) return
      signalGroup(pid, 'SIGKILL')
      running.delete(id)
      report({ type: 'exited', id, code, signal })
    })
  } catch (error) {
    // The log cannot be opened, or the system refuses what is thrown instead of emitted (a uid that is not allowed).
    const { code = 'UNKNOWN', message } = error as NodeJS.ErrnoException
    report({ type: 'failed', id, code, message })
  } finally {
    if (output !== undefined) closeSync(output)
  }
}

async function end(): Promise<void> {
  if (ending) return
  ending = true
  const left = [...running.values()]
  const gone = left.map(({ child }) => new Promise((resolve) => child.once('exit', resolve)))
  for (const { child, stopSignal } of left) {
    signalGroup(child.pid!, stopSignal)
    // A stopped process (SIGSTOP) acts on no signal but SIGKILL until it is continued.
    signalGroup(child.pid!, 'SIGCONT')
  }
  const killer = setTimeout(() => {
    for (const { child } of running.values()) signalGroup(child.pid!, 'SIGKILL')
  }, PATIENCE)
  await Promise.all(gone)
  clearTimeout(killer)
  for (const path of directories) rmSync(path, { recursive: true, force: true, maxRetries: 5 })
  process.exit(0)
}

process.on('message', (request: Request) => {
  if (request.type === 'end') void end()
  else if (ending) return
  else if (request.type === 'remove-at-end') directories.push(request.path)
  else if (request.type === 'spawn') start(request.id, request.command, request.args, request.options)
  else {
    const pid = running.get(request.id)?.child.pid
    if (pid !== undefined) signalGroup(pid, request.signal)
  }
})
process.on('disconnect', () => void end())
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void end())
