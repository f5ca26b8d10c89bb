import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { LogError } from '../errors.js'

/** Holds a state directory until it is released, or its process ends. */
export interface StateLock {
  release(): Promise<void>
}

/**
 * Takes a state directory; makes it where it is missing. What a process that is gone has left is taken over.
 *
 * @throws LogError LOG_STATE_LOCKED when a process that runs has it; the system's errors
 */
export async function lockState(directory: string): Promise<StateLock> {
  await mkdir(directory, { recursive: true, mode: 0o750 })
  const path = join(directory, 'lock')
  const own = `${process.pid} ${await startOf(process.pid)}`
  for (;;) {
    if (await created(path, own)) return { release: () => rm(path, { force: true }) }
    const holder = await contentOf(path)
    if (holder === null) continue
    if (await lives(holder)) throw lockedBy(directory, holder)
    // Another may be taking it over too: what was moved away must be what was judged.
    const aside = join(directory, `lock.${process.pid}`)
    try {
      await rename(path, aside)
    } catch (error) {
      if (isMissing(error)) continue
      throw error
    }
    if ((await contentOf(aside)) !== holder) {
      await putBack(aside, path)
      throw lockedBy(directory, 'another')
    }
    await rm(aside)
  }
}

/** Number of the process that has the directory; null: none that runs. */
export async function holderOf(directory: string): Promise<number | null> {
  const holder = await contentOf(join(directory, 'lock'))
  return holder !== null && (await lives(holder)) ? Number(holder.split(' ')[0]) : null
}

function lockedBy(directory: string, holder: string): LogError {
  const [pid] = holder.split(' ')
  return new LogError('LOG_STATE_LOCKED', `LOG_STATE_DIR ${directory} is used by process ${pid}: end that shipper, or give this one a directory of its own`)
}

async function created(path: string, text: string): Promise<boolean> {
  // Written aside and linked: nobody sees a lock without its holder.
  const draft = `${path}.new.${process.pid}`
  const handle = await open(draft, 'w', 0o640)
  try {
    await handle.writeFile(text)
  } finally {
    await handle.close()
  }
  try {
    await link(draft, path)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  } finally {
    await rm(draft, { force: true })
  }
}

async function putBack(aside: string, path: string): Promise<void> {
  try {
    await link(aside, path)
  } finally {
    await rm(aside, { force: true })
  }
}

/** Whether the process that wrote this runs, and is not another that got its number. */
async function lives(holder: string): Promise<boolean> {
  const [pidText, start] = holder.split(' ')
  const pid = Number(pidText)
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: it runs, as another user.
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false
  }
  const now = await startOf(pid)
  return now === '?' || start === '?' || now === start
}

/** When a process began, in the system's ticks since it was started; `?` where that is not told. */
async function startOf(pid: number): Promise<string> {
  const stat = await contentOf(`/proc/${pid}/stat`)
  // Its name, in brackets, may hold anything; the 22nd field is the 20th after it (proc_pid_stat(5)).
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '?'
}

async function contentOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && ['ENOENT', 'ESRCH', 'ENOTDIR'].includes(String(error.code))
}
