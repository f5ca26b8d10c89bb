import { DAY_MS } from './days.js'

/** A card's frauds end an episode when none follows for so long. */
const EPISODE_GAP_MS = 7 * DAY_MS

/** Frauds of one card in a row. */
export interface Episode {
  /** Of its first fraud, milliseconds since the Unix epoch. */
  readonly begunAt: number
  /** Whether it begins among the transactions that are reported: of others, the beginning was not judged. */
  readonly counts: boolean
  /** Who has fired on one of its frauds. */
  readonly foundBy: Set<object>
}

/**
 * Tells the episodes of each card: one begins at a fraud before which the card had none for 7 days. Memory: one episode
 * a card with a fraud.
 */
export class FraudEpisodes {
  readonly #last = new Map<string, { readonly episode: Episode; at: number }>()
  /** Episodes that count. */
  count = 0

  /** The episode a fraud belongs to. Frauds come in the order of the stream; `at` is in milliseconds since the Unix epoch. */
  of(cardId: string, at: number, reported: boolean): Episode {
    const last = this.#last.get(cardId)
    if (last !== undefined && at - last.at < EPISODE_GAP_MS) {
      last.at = Math.max(last.at, at)
      return last.episode
    }
    const episode = { begunAt: at, counts: reported, foundBy: new Set<object>() }
    this.#last.set(cardId, { episode, at })
    if (reported) this.count++
    return episode
  }
}
