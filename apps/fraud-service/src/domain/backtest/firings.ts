import type { Episode } from './fraud-episodes.js'

/** How well one rule tells frauds, or the alerts of a whole set. */
export interface FiringFigures {
  /** Transactions it fired on. */
  readonly fired: number
  /** Frauds among them. */
  readonly frauds: number
  /** Legitimate ones among them; the others nobody has labelled. */
  readonly legitimate: number
  /** Share of frauds among the labelled transactions it fired on; null without any. */
  readonly precision: number | null
  /** Share of all labelled frauds that it fired on; null without any. */
  readonly recall: number | null
  /** Transactions it fired on, a day. */
  readonly perDay: number
  readonly timeToDetect: TimeToDetect
}

/** How soon it fired in the episodes of fraud, see `FraudEpisodes`. */
export interface TimeToDetect {
  /** Episodes in which it fired on a fraud. */
  readonly detected: number
  /** Share of all episodes; null without any. */
  readonly share: number | null
  /** From an episode's first fraud to the first one it fired on, in seconds, over detected episodes: nearest rank; null without any. */
  readonly medianSeconds: number | null
  readonly p90Seconds: number | null
}

/** What figures are shares of. */
export interface Whole {
  /** Labelled frauds. */
  readonly frauds: number
  /** Days from the first transaction's to the last one's, both included. */
  readonly days: number
  readonly episodes: number
}

/** Counts when something fires: a rule, or a set's alerts. Memory: a number for each detected episode. */
export class Firings {
  #fired = 0
  #frauds = 0
  #legitimate = 0
  readonly #secondsToDetect: number[] = []

  /**
   * @param at of the transaction, milliseconds since the Unix epoch
   * @param fraud its label, null without one
   * @param episode of a fraud
   */
  add(at: number, fraud: boolean | null, episode: Episode | undefined): void {
    this.#fired++
    if (fraud === true) this.#frauds++
    if (fraud === false) this.#legitimate++
    if (episode === undefined || !episode.counts || episode.foundBy.has(this)) return
    episode.foundBy.add(this)
    this.#secondsToDetect.push(Math.max(0, at - episode.begunAt) / 1_000)
  }

  figures({ frauds, days, episodes }: Whole): FiringFigures {
    const sorted = this.#secondsToDetect.toSorted((a, b) => a - b)
    return {
      fired: this.#fired,
      frauds: this.#frauds,
      legitimate: this.#legitimate,
      precision: shareOf(this.#frauds, this.#frauds + this.#legitimate),
      recall: shareOf(this.#frauds, frauds),
      perDay: days === 0 ? 0 : Number((this.#fired / days).toFixed(4)),
      timeToDetect: {
        detected: sorted.length,
        share: shareOf(sorted.length, episodes),
        medianSeconds: nearestRank(sorted, 0.5),
        p90Seconds: nearestRank(sorted, 0.9),
      },
    }
  }
}

/** With four decimals, as shares are told; what is not a number as null. */
export function rounded(value: number): number | null {
  return Number.isNaN(value) ? null : Number(value.toFixed(4))
}

/** Of nothing there is no share. */
function shareOf(part: number, all: number): number | null {
  return rounded(part / all)
}

/** The smallest value with at least this share at or below it. */
function nearestRank(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null
}
