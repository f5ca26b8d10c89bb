import type { FiredRule } from './fired-rules.js'

/** So long without a fraud on a card, and the next one begins a new episode; milliseconds. */
const EPISODE_GAP_MS = 7 * 86_400_000

/** A transaction that was confirmed to be a fraud. */
export interface ConfirmedFraud {
  readonly transactionId: string
  readonly cardId: string
  /** Event time, milliseconds since the Unix epoch. */
  readonly occurredAt: number
  /** Empty as well when they are not known. */
  readonly rules: readonly FiredRule[]
}

/** That a rule found an episode of fraud. */
export interface Detection extends FiredRule {
  /** From the episode's first fraud to the first one the rule fired on. */
  readonly seconds: number
}

/**
 * The episodes that rules found by what was confirmed last. A rule finds an episode once, in a mode: not again when it
 * fired on a fraud of it that was confirmed before. What is confirmed later, of an earlier time, changes nothing.
 *
 * @param frauds all that are known of some cards, in any order
 * @param confirmedNow ids of those that were confirmed last
 */
export function detectionsOf(frauds: readonly ConfirmedFraud[], confirmedNow: ReadonlySet<string>): Detection[] {
  return episodesOf(frauds).flatMap((episode) => {
    const first = episode[0] as ConfirmedFraud
    const found = new Map<string, Detection>()
    const before = new Set<string>()
    for (const { transactionId, occurredAt, rules } of episode) {
      for (const { rule, mode } of rules) {
        const key = `${mode} ${rule}`
        if (!confirmedNow.has(transactionId)) before.add(key)
        else if (!found.has(key)) found.set(key, { rule, mode, seconds: (occurredAt - first.occurredAt) / 1_000 })
      }
    }
    return [...found].flatMap(([key, detection]) => (before.has(key) ? [] : detection))
  })
}

/** The frauds by card and episode, each episode in the order of event time. */
function episodesOf(frauds: readonly ConfirmedFraud[]): ConfirmedFraud[][] {
  return [...Map.groupBy(frauds, ({ cardId }) => cardId).values()].flatMap((ofCard) => {
    const episodes: ConfirmedFraud[][] = []
    for (const fraud of ofCard.toSorted((a, b) => a.occurredAt - b.occurredAt)) {
      const episode = episodes.at(-1)
      const last = episode?.at(-1)
      if (episode !== undefined && last !== undefined && fraud.occurredAt - last.occurredAt < EPISODE_GAP_MS) episode.push(fraud)
      else episodes.push([fraud])
    }
    return episodes
  })
}
