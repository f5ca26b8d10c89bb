import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** For tests that look at processes from outside, as a person does with `ps` (Linux and macOS). */
interface Entry {
  pid: number
  parent: number
  /** Command line and, where the system shows it to us, environment. */
  text: string
}

/** All processes that run; one that has ended and waits to be noticed by its parent does not. */
async function processes(): Promise<Entry[]> {
  const { stdout } = await promisify(execFile)('ps', ['axeww', '-o', 'pid=,ppid=,stat=,command='], { maxBuffer: 64 * 1024 * 1024 })
  return stdout.split('\n').flatMap((line) => {
    const [, pid, parent, state, text] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? []
    return text === undefined || state?.startsWith('Z') ? [] : [{ pid: Number(pid), parent: Number(parent), text }]
  })
}

export async function isRunning(pid: number): Promise<boolean> {
  return (await processes()).some((entry) => entry.pid === pid)
}

export async function parentOf(pid: number): Promise<number | undefined> {
  return (await processes()).find((entry) => entry.pid === pid)?.parent
}

/** The processes with this text in their command line or environment, except this one. */
export async function processesWith(mark: string): Promise<string[]> {
  const found = (await processes()).filter(({ pid, text }) => pid !== process.pid && text.includes(mark))
  return found.map(({ pid, text }) => `${pid} ${text.slice(0, 120)}`)
}
