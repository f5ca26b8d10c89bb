/**
 * Names that are different to whoever does not tell capitals: of two that are the same, the later gets `_2` behind it,
 * or the next number that is free.
 *
 * @param taken names that none of them may have
 */
export function distinctNames(names: readonly string[], taken: readonly string[] = []): string[] {
  const used = new Set(taken.map((name) => name.toLowerCase()))
  const own = new Set(names.map((name) => name.toLowerCase()))
  return names.map((name) => {
    let free = name
    for (let number = 2; used.has(free.toLowerCase()) || (free !== name && own.has(free.toLowerCase())); number++) free = `${name}_${number}`
    used.add(free.toLowerCase())
    return free
  })
}
