/** Two digits that a customer can type from one message into the next. None begins with 0, which is easily left out. */
const codes = Array.from({ length: 90 }, (_, i) => String(10 + i))

/**
 * What YES or NO must carry for one more question of a number.
 *
 * @param taken the codes of the questions that are open already; null: the one that needs none
 * @param random from 0 to 1, below 1
 * @returns null when it needs none; undefined when there are so many that no more can be told apart
 */
export function nextCode(taken: ReadonlySet<string | null>, random: number): string | null | undefined {
  if (!taken.has(null)) return null
  const free = codes.filter((code) => !taken.has(code))
  return free[Math.floor(random * free.length)]
}
