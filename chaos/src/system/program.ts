import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { GuardedProcess, Stack } from '@swipestream/stack'

/** As a supervisor waits before it starts again what ended by itself, in milliseconds. */
const againAfterMs = 1_000
const stopPatienceMs = 35_000
/** The most that a program's heap may hold: one that leaks, or holds what it cannot handle, dies of it. */
const heapMb = 192

export interface ProgramOptions {
  readonly name: string
  /** File below programs/, without extension. */
  readonly file: string
  readonly env: Readonly<Record<string, string>>
  /** Where it answers health; or the file that has its process id once it is at work. */
  readonly ready: { readonly port: number } | { readonly file: string }
  /** Exit codes that mean that it has done its work. */
  readonly doneWith: readonly number[]
  /** Told of an end that nobody caused; it is then started again. */
  readonly onDeath: (sentence: string) => void
}

/** A process of the run that is killed, halted and started again, and that a supervisor keeps alive. */
export class Program {
  readonly name: string
  readonly log: string
  #process: GuardedProcess | null = null
  /** Whether somebody here wants it to run. */
  #wanted = false

  constructor(
    private readonly stack: Stack,
    directory: string,
    private readonly options: ProgramOptions,
  ) {
    this.name = options.name
    this.log = `${directory}/${options.name}.log`
  }

  get running(): boolean {
    return this.#process?.running ?? false
  }

  async start(): Promise<void> {
    this.#wanted = true
    const { file, env, ready } = this.options
    const main = fileURLToPath(new URL(`../programs/${file}.js`, import.meta.url))
    const told = 'port' in ready ? { HTTP_PORT: String(ready.port) } : { CHAOS_AT_WORK: ready.file }
    const child = await this.stack.spawnGuarded(process.execPath, [`--max-old-space-size=${heapMb}`, '--enable-source-maps', main], { log: this.log, env: { ...process.env, ...env, ...told } })
    this.#process = child
    void child.exited.then(({ code, signal }) => this.#ended(child, code, signal))
  }

  /** Ends it in the middle of what it does. */
  async kill(): Promise<void> {
    this.#wanted = false
    this.#process?.kill('SIGKILL')
    await this.#process?.exited
  }

  /** Ends it in order. */
  async stop(): Promise<void> {
    this.#wanted = false
    await this.#process?.stop(stopPatienceMs)
  }

  halt(): void {
    this.#process?.kill('SIGSTOP')
  }

  goOn(): void {
    this.#process?.kill('SIGCONT')
  }

  /** Resolves when the process that runs now has ended. */
  async ended(): Promise<void> {
    await this.#process?.exited
  }

  /** What keeps it from being ready; null: nothing. */
  async notReady(): Promise<string | null> {
    const { ready } = this.options
    try {
      if ('file' in ready) return (await readFile(ready.file, 'utf8')) === String(this.#process?.pid) ? null : 'it is not yet at work'
      const response = await fetch(`http://127.0.0.1:${ready.port}/health/ready`, { signal: AbortSignal.timeout(2_000) })
      return response.ok ? null : await response.text()
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }

  /** Waits until it is ready. @returns false when that takes longer */
  async readyWithin(ms: number): Promise<boolean> {
    for (const deadline = Date.now() + ms; Date.now() < deadline; await sleep(200)) if ((await this.notReady()) === null) return true
    return false
  }

  /** Resident memory now and at its highest, in MB; null where there is no /proc, or no process. */
  async memoryMb(): Promise<{ now: number; highest: number } | null> {
    const status = await readFile(`/proc/${this.#process?.pid}/status`, 'utf8').catch(() => '')
    const [now, highest] = ['VmRSS', 'VmHWM'].map((field) => Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? NaN))
    return now === undefined || highest === undefined || Number.isNaN(now) ? null : { now: Math.round(now / 1_024), highest: Math.round(highest / 1_024) }
  }

  async #ended(child: GuardedProcess, code: number | null, signal: NodeJS.Signals | null): Promise<void> {
    if (!this.#wanted || child !== this.#process) return
    if (code !== null && this.options.doneWith.includes(code)) return
    const lines = (await readFile(this.log, 'utf8').catch(() => '')).trimEnd().split('\n')
    this.options.onDeath(`${this.name} ended by itself (${signal ?? `exit ${code}`}): ${lines.at(-1)?.slice(0, 400)}`)
    await sleep(againAfterMs)
    if (this.#wanted && child === this.#process) await this.start()
  }
}

/** The first of the programs that ends; null when that takes longer. */
export async function firstToEnd(programs: readonly Program[], ms: number): Promise<Program | null> {
  const late = new AbortController()
  const first = Promise.race(programs.map((program) => program.ended().then(() => program)))
  try {
    return await Promise.race([first, sleep(ms, null, { signal: late.signal })])
  } finally {
    late.abort()
  }
}
