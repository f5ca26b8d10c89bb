export const DAY_MS = 86_400_000

/** The day of a moment (milliseconds since the Unix epoch), counted from the Unix epoch, UTC. */
export const dayOf = (at: number): number => Math.floor(at / DAY_MS)

/** The first moment of a day such as `2018-07-25`, UTC, in milliseconds since the Unix epoch; undefined for what is none. */
export function startOfDay(text: string): number | undefined {
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  // Date.parse takes a 30th of February for a day of March.
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text) ? at : undefined
}
