import { readFile } from 'node:fs/promises'

/** Of `sysconf(_SC_CLK_TCK)`: 100 on every Linux of today. */
const ticksPerSecond = 100

/** CPU that a process has used, with its children that ended, in microseconds; from /proc/<pid>/stat (proc(5)). */
export async function cpuMicrosOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  // The name, in brackets, may hold blanks; utime is the twelfth field after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) * (1_000_000 / ticksPerSecond)
}

/** The same of a process and all its children. */
export async function cpuMicrosOfFamily(pid: number): Promise<number> {
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ').filter(Boolean)
  const times = await Promise.all([cpuMicrosOf(pid), ...children.map((child) => cpuMicrosOf(Number(child)).catch(ended))])
  return times.reduce((sum, time) => sum + time, 0)
}

/** Its time is in its parent's then, but for the moment between the two looks. */
function ended(): number {
  return 0
}

/** Memory of a process in MiB, with what it shares with others: now, and the most it ever held. */
export async function memoryOf(pid: number): Promise<{ readonly rssMb: number; readonly peakMb: number }> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  const mebibytes = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1_024
  return { rssMb: mebibytes('VmRSS'), peakMb: mebibytes('VmHWM') }
}
