import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'

const endPatienceMs = 30_000

/** A shipper at work. */
export interface Running {
  readonly pid: number
  /** @throws Error with the end of what it said, when it has ended by itself */
  check(): void
  /** Ends it in order. */
  stop(): Promise<void>
}

export interface ProcessToStart {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Where what it says goes. */
  readonly logFile: string
}

/** Starts a process that ends with this one. */
export function startProcess({ name, command, args, env, logFile }: ProcessToStart): Running {
  const log = openSync(logFile, 'w')
  const child = spawn(command, args, { stdio: ['ignore', log, log], env })
  closeSync(log)
  let failure: Error | null = null
  child.once('error', (error) => {
    failure = error
  })
  const exited = once(child, 'exit')
  // Awaited when it is stopped only.
  exited.catch(() => undefined)
  const killNow = (): void => void child.kill('SIGKILL')
  process.once('exit', killNow)
  const ended = (): boolean => failure !== null || child.exitCode !== null || child.signalCode !== null
  return {
    pid: child.pid ?? -1,
    check() {
      if (ended()) throw new Error(`${name} ended by itself (${failure?.message ?? `exit code ${child.exitCode ?? child.signalCode}`}):\n${readFileSync(logFile, 'utf8').slice(-2_000)}`)
    },
    async stop() {
      process.off('exit', killNow)
      if (ended()) return
      child.kill('SIGTERM')
      const late = setTimeout(killNow, endPatienceMs)
      await exited
      clearTimeout(late)
    },
  }
}
