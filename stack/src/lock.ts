import { readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemCode } from './errors.js'

/** A holder touches its lock this often, ms; one that has not for `ABANDONED` is dead, whatever its process id says. */
const HEARTBEAT = 1000
const ABANDONED = 15_000

/**
 * Runs `work` while this process holds the lock file, so that two launchers do not do the same long work at the same
 * time. It spares work; the work itself must be right even when two do it. The lock of a process that has died is
 * taken over.
 *
 * @param onWait called once, when somebody else holds the lock
 */
export async function withLock<T>(path: string, work: () => Promise<T>, onWait: () => void = () => {}): Promise<T> {
  for (let waited = false; !(await acquire(path)); ) {
    if (await isAbandoned(path)) {
      await takeAway(path)
      continue
    }
    if (!waited) onWait()
    waited = true
    await sleep(200)
  }
  const heartbeat = setInterval(() => {
    const now = new Date()
    // A lock that was taken away while this machine slept is not ours to touch; the work is right without it.
    utimes(path, now, now).catch(() => clearInterval(heartbeat))
  }, HEARTBEAT)
  try {
    return await work()
  } finally {
    clearInterval(heartbeat)
    await rm(path, { force: true })
  }
}

async function acquire(path: string): Promise<boolean> {
  try {
    await writeFile(path, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false
    throw error
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  try {
    const [holder, { mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)])
    if (Date.now() - mtimeMs > ABANDONED) return true
    // Empty: between its creation and its first write.
    return holder !== '' && !isAlive(Number(holder))
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false
    throw error
  }
}

/** By rename, so that of several who saw the abandoned lock one takes it and the others find nothing. */
async function takeAway(path: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`
  try {
    await rename(path, aside)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return
    throw error
  }
  await rm(aside, { force: true })
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return systemCode(error) === 'EPERM'
  }
}
