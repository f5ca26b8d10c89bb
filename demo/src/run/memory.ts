import { readdir, readFile } from 'node:fs/promises'

/** Resident memory of everything this process has started, in MB; null where there is no /proc. */
export async function descendantsRssMb(): Promise<number | null> {
  const entries = await readdir('/proc').catch(() => null)
  if (!entries) return null
  const processes = new Map<number, { parent: number; rssKb: number }>()
  for (const entry of entries.filter((name) => /^\d+$/.test(name))) {
    // A process may end while it is looked at.
    const status = await readFile(`/proc/${entry}/status`, 'utf8').catch(() => '')
    const parent = /^PPid:\s+(\d+)/m.exec(status)?.[1]
    const rss = /^VmRSS:\s+(\d+)/m.exec(status)?.[1]
    if (parent !== undefined) processes.set(Number(entry), { parent: Number(parent), rssKb: Number(rss ?? 0) })
  }
  const isOurs = (pid: number): boolean => {
    for (let p = processes.get(pid)?.parent ?? 0; p > 1; p = processes.get(p)?.parent ?? 0) if (p === process.pid) return true
    return false
  }
  let total = 0
  for (const [pid, { rssKb }] of processes) if (isOurs(pid)) total += rssKb
  return Math.round(total / 1024)
}
