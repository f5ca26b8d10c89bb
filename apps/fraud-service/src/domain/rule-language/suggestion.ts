/** Shorter than this, the beginning of a name says too little. */
const SHORTEST_BEGINNING = 3

/**
 * The known name that was most likely meant, or undefined when none is near: first by its spelling, then the shortest
 * whose last part (`mean_30d` of `card.mean_30d`) is or begins with that of the unknown. A name without its group is
 * compared with last parts.
 */
export function nearestName(unknown: string, known: readonly string[]): string | undefined {
  const partOf = (name: string) => name.split('.').at(-1) as string
  let nearest: string | undefined
  let least = Math.max(2, Math.floor(unknown.length / 3)) + 1
  for (const name of known) {
    const distance = editDistance(unknown, unknown.includes('.') ? name : partOf(name))
    if (distance < least) [nearest, least] = [name, distance]
  }
  const beginning = partOf(unknown)
  if (nearest !== undefined || beginning.length < SHORTEST_BEGINNING) return nearest
  return known.filter((name) => partOf(name).startsWith(beginning)).sort((a, b) => a.length - b.length)[0]
}

/** Fewest insertions, deletions, replacements and swaps of neighbours between two texts (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row[j] = Math.min(
        (last[j] as number) + 1,
        (row[j - 1] as number) + 1,
        (last[j - 1] as number) + (same ? 0 : 1),
        swapped ? (beforeLast[j - 2] as number) + 1 : Infinity,
      )
    }
    beforeLast = last
    last = row
  }
  return last[b.length] as number
}
