import { plain } from '../text.js'

/** A time in ISO 8601, UTC. @param ms milliseconds since the Unix epoch */
export function iso(ms: number): string {
  return new Date(ms).toISOString()
}

/** Counts by a name, the largest first. */
export function counted(names: Iterable<string>): Record<string, number> {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a))
}

/** Counts as one line: `a 3, b 1`. */
export function countsLine(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${plain(name)} ${count}`)
    .join(', ')
}
