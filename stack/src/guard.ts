import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { StackError } from './errors.js'
import type { Report, Request, SpawnRequest } from './guardian.js'
import { lastLines } from './log-tail.js'
import { ownProgram } from './own-program.js'

export interface Exit {
  code: number | null
  signal: NodeJS.Signals | null
}

/** A process that ends with the launcher, however the launcher ends. */
export interface GuardedProcess {
  readonly pid: number
  /** Settles when the process has ended; never rejects. */
  readonly exited: Promise<Exit>
  readonly running: boolean
  /** Signals the process and everything it started. Does not wait. */
  kill(signal: NodeJS.Signals): void
  /** Sends the stop signal, kills after `patienceMs` (default 10 s), and waits until the process has ended. */
  stop(patienceMs?: number): Promise<Exit>
}

export interface GuardedOptions {
  /** File that gets standard output and standard error, appended. */
  log: string
  cwd?: string
  /** The whole environment of the process. Default: that of the launcher. */
  env?: NodeJS.ProcessEnv
  /** Asks the process to end in order. Default SIGTERM. */
  stopSignal?: NodeJS.Signals
  uid?: number
  gid?: number
}

/** Starts processes that end with this one. */
export interface Guard {
  /** Starts a process. Rejects with COMMAND_FAILED when it cannot be started at all; `cause` has the system's error. */
  spawn(command: string, args: string[], options: GuardedOptions): Promise<GuardedProcess>
  /** Runs a command to its end. Rejects with COMMAND_FAILED and the last lines of its output when it does not exit 0. */
  run(command: string, args: string[], options: GuardedOptions): Promise<void>
  /** Removes a directory when everything has ended, even if this process does not live to see it. */
  removeAtEnd(path: string): void
  /** Ends all processes, removes the directories. */
  close(): Promise<void>
}

interface Tracked {
  pid?: number
  started: (pid: number) => void
  refused: (error: Error) => void
  ended: (exit: Exit) => void
}

/** Starts the guardian process (see guardian.ts). */
export function startGuard(): Guard {
  const guardian = spawn(process.execPath, ownProgram('guardian'), {
    // Detached: the terminal's Ctrl-C must not end it before it has ended the others. No stream of ours is inherited,
    // so that nobody who reads our output waits for the guardian.
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const tracked = new Map<number, Tracked>()
  let closing: Promise<void> | undefined
  let lost = false
  let lastId = 0

  guardian.on('message', (report: Report) => {
    const entry = tracked.get(report.id)
    if (!entry) return
    if (report.type === 'spawned') {
      entry.pid = report.pid
      entry.started(report.pid)
      return
    }
    tracked.delete(report.id)
    if (report.type === 'exited') entry.ended({ code: report.code, signal: report.signal })
    else entry.refused(Object.assign(new Error(report.message), { code: report.code }))
  })
  guardian.once('error', onGuardianGone)
  guardian.once('exit', onGuardianGone)

  /** The guardian never ends before its processes; if somebody killed it, they are ours to end. */
  function onGuardianGone(): void {
    lost = true
    for (const entry of tracked.values()) {
      if (entry.pid === undefined) entry.refused(guardLost())
      else {
        killGroup(entry.pid)
        entry.ended({ code: null, signal: 'SIGKILL' })
      }
    }
    tracked.clear()
  }

  function send(request: Request): void {
    if (!lost && guardian.connected) guardian.send(request)
  }

  async function spawnGuarded(command: string, args: string[], options: GuardedOptions): Promise<GuardedProcess> {
    if (lost || closing) throw guardLost()
    const id = ++lastId
    let running = true
    let ended: (exit: Exit) => void = () => {}
    const exited = new Promise<Exit>((resolve) => {
      ended = (exit) => {
        running = false
        resolve(exit)
      }
    })
    const pid = await new Promise<number>((started, refused) => {
      tracked.set(id, { started, refused, ended })
      send({ type: 'spawn', id, command, args, options: requestOf(options) })
    }).catch((cause: unknown) => {
      const why = cause instanceof Error ? cause.message : String(cause)
      throw new StackError('COMMAND_FAILED', `${command} could not be started: ${why}`, { cause })
    })
    const kill = (signal: NodeJS.Signals): void => {
      if (running) send({ type: 'signal', id, signal })
    }
    return {
      pid,
      exited,
      get running() {
        return running
      },
      kill,
      async stop(patienceMs = 10_000) {
        if (!running) return exited
        kill(options.stopSignal ?? 'SIGTERM')
        kill('SIGCONT')
        const killer = setTimeout(() => kill('SIGKILL'), patienceMs)
        const exit = await exited
        clearTimeout(killer)
        return exit
      },
    }
  }

  return {
    spawn: spawnGuarded,
    async run(command, args, options) {
      const { code, signal } = await (await spawnGuarded(command, args, options)).exited
      if (code === 0) return
      const how = code === null ? `was ended by ${signal}` : `failed with exit code ${code}`
      throw new StackError('COMMAND_FAILED', `${[command, ...args].join(' ')} ${how}\n${await lastLines(options.log)}`)
    },
    removeAtEnd: (path) => send({ type: 'remove-at-end', path }),
    close() {
      closing ??= closeGuardian(guardian, send, () => lost)
      return closing
    },
  }
}

async function closeGuardian(guardian: ChildProcess, send: (request: Request) => void, isLost: () => boolean): Promise<void> {
  if (isLost()) return
  const gone = once(guardian, 'exit')
  send({ type: 'end' })
  await gone
}

function requestOf(options: GuardedOptions): SpawnRequest {
  const env: Record<string, string> = {}
  for (const [name, value] of Object.entries(options.env ?? process.env)) if (value !== undefined) env[name] = value
  return {
    cwd: options.cwd ?? process.cwd(),
    env,
    log: options.log,
    stopSignal: options.stopSignal ?? 'SIGTERM',
    ...(options.uid === undefined ? {} : { uid: options.uid }),
    ...(options.gid === undefined ? {} : { gid: options.gid }),
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Gone already, which is what we want.
  }
}

function guardLost(): StackError {
  return new StackError('GUARD_LOST', 'the process that guards the local servers has ended: start the stack again')
}
