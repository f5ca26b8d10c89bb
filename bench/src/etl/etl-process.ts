import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { cpuMicrosOf, memoryOf } from '../process-usage.js'

/** How often a process is looked at, in milliseconds. */
const lookMs = 100
/** How long it may take to end when it is asked to, in milliseconds. */
const endPatienceMs = 30_000

/** What a process had used at a time, in milliseconds since the Unix epoch. */
export interface Usage {
  readonly at: number
  readonly cpuUs: number
  readonly rssMb: number
  /** The most memory it ever held. */
  readonly peakMb: number
}

/** `npm run etl -- …` as a process of its own. */
export interface EtlProcess {
  readonly pid: number
  /** What it has told. */
  readonly logFile: string
  /** What it had used, again and again since it began. */
  readonly usage: readonly Usage[]
  runs(): boolean
  /** @throws Error with the end of its log, when it has ended */
  check(): void
  /** Waits until it has ended by itself. @throws Error with the end of its log, when something was wrong */
  ended(): Promise<void>
  /** Ends it in order. @throws Error with the end of its log, when it had ended by itself, or does not end well */
  stop(): Promise<void>
}

/**
 * Starts the command.
 *
 * @param logFile where it tells what it does; a profile is named after it
 * @param profile directory for a CPU profile; null: none is taken
 */
export function beginEtl(args: readonly string[], env: Readonly<Record<string, string>>, logFile: string, profile: { readonly dir: string; readonly name: string } | null = null): EtlProcess {
  const log = openSync(logFile, 'w')
  const profiling = profile === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile.dir}`, `--cpu-prof-name=${profile.name}.cpuprofile`]
  const program = fileURLToPath(new URL('../../../apps/etl-loader/dist/cli/etl.js', import.meta.url))
  const child = spawn(process.execPath, [...profiling, program, ...args, '--json'], { stdio: ['ignore', log, log], env: { ...process.env, ...env } })
  closeSync(log)
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>
  // Not longer than this process, however that ends.
  const killNow = (): void => void child.kill('SIGKILL')
  process.once('exit', killNow)
  void exited.then(() => process.off('exit', killNow))
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null
  const pid = child.pid as number
  const usage: Usage[] = []
  void watch(pid, usage, hasEnded)
  const failure = (what: string): Error => new Error(`etl ${args[0] ?? ''} ${what}:\n${readFileSync(logFile, 'utf8').slice(-4_000)}`)
  return {
    pid,
    logFile,
    usage,
    runs: () => !hasEnded(),
    check() {
      if (hasEnded()) throw failure('ended by itself')
    },
    async ended() {
      const [code, signal] = await exited
      if (code !== 0) throw failure(`ended by ${signal ?? `exit code ${code}`}`)
    },
    async stop() {
      if (hasEnded()) throw failure('ended by itself')
      child.kill('SIGTERM')
      const late = setTimeout(killNow, endPatienceMs)
      const [code, signal] = await exited
      clearTimeout(late)
      if (code !== 0) throw failure(`ended by ${signal ?? `exit code ${code}`}`)
    },
  }
}

async function watch(pid: number, usage: Usage[], hasEnded: () => boolean): Promise<void> {
  while (!hasEnded()) {
    const look = await Promise.all([cpuMicrosOf(pid), memoryOf(pid)]).catch(gone)
    if (look !== undefined && look[0] > 0 && look[1].rssMb > 0) usage.push({ at: Date.now(), cpuUs: look[0], ...look[1] })
    await delay(lookMs)
  }
}

/** It ended between the two looks. */
function gone(): undefined {
  return undefined
}

/** CPU that was used by then. */
export function cpuUsAt(usage: readonly Usage[], at: number): number {
  return usage.findLast((one) => one.at <= at)?.cpuUs ?? usage[0]?.cpuUs ?? Number.NaN
}

/** The most memory it held, in MiB. */
export function peakOf(usage: readonly Usage[]): number {
  return usage.at(-1)?.peakMb ?? Number.NaN
}
