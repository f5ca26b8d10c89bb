import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** How long a child may take to end when it is asked to, in milliseconds. */
const endPatienceMs = 30_000
/** How long anything a child is awaited for may take, in milliseconds. */
const patienceMs = 600_000

export interface Child {
  readonly pid: number
  /** The next message from the child. @throws Error when it ends, or is silent for ten minutes */
  message<T>(): Promise<T>
  /** Asks it to end in order and waits until it has. */
  end(): Promise<void>
}

/**
 * Starts a program of the bench as a process of its own, which ends with this one: the channel between them closes.
 *
 * @param program path below src/ without extension
 * @param profile where the child writes a CPU profile when it ends
 */
export function startChild(program: string, env: Readonly<Record<string, string>>, profile?: { readonly dir: string; readonly name: string } | null): Child {
  const profiling = profile ? ['--cpu-prof', `--cpu-prof-dir=${profile.dir}`, `--cpu-prof-name=${profile.name}.cpuprofile`] : []
  const child = fork(fileURLToPath(new URL(`./${program}.js`, import.meta.url)), {
    env: { ...process.env, ...env },
    execArgv: ['--enable-source-maps', ...profiling],
    // What children print is for people.
    stdio: ['ignore', 2, 2, 'ipc'],
    serialization: 'advanced',
  })
  const came: unknown[] = []
  let wake = (): void => undefined
  let ended: string | null = null
  child.on('message', (message) => {
    came.push(message)
    wake()
  })
  const exited = new Promise<void>((resolve) => {
    const end = (how: string): void => {
      ended = how
      wake()
      resolve()
    }
    child.once('exit', (code, signal) => end(`exit code ${code ?? signal}`))
    child.once('error', (error) => end(error.message))
  })

  return {
    pid: child.pid as number,
    async message<T>() {
      const deadline = setTimeout(() => {
        ended ??= `it said nothing for ${patienceMs / 1_000} s`
        wake()
      }, patienceMs)
      try {
        while (came.length === 0) {
          if (ended !== null) throw new Error(`${program} did not do its work: ${ended}`)
          await new Promise<void>((resolve) => (wake = resolve))
        }
        return came.shift() as T
      } finally {
        clearTimeout(deadline)
      }
    },
    async end() {
      if (child.connected) child.send('end')
      const late = setTimeout(() => child.kill('SIGKILL'), endPatienceMs)
      await exited
      clearTimeout(late)
    },
  }
}

/** In a child: sends a message to whoever started it. */
export function tell(message: unknown): void {
  process.send?.(message)
}

/** In a child: does `end` when it is asked to end, or when whoever started it has gone; then the process ends. */
export function whenAsked(end: () => Promise<void>): void {
  let ending = false
  const finish = (): void => {
    if (ending) return
    ending = true
    end().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error)
        process.exit(1)
      },
    )
  }
  process.once('message', finish)
  process.once('disconnect', finish)
}
