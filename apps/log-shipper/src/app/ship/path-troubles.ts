import type { ShipObserver } from './observer.js'
import type { ShipCounts, ShipTrouble } from './ship-counts.js'

/** Paths that are not read, and why: counted and told of once, until that changes. */
export class PathTroubles {
  readonly #known = new Map<string, ShipTrouble>()
  readonly #observer: ShipObserver
  readonly #counts: ShipCounts

  constructor(observer: ShipObserver, counts: ShipCounts) {
    this.#observer = observer
    this.#counts = counts
  }

  /** Those there are now. */
  are(troubles: ReadonlyMap<string, ShipTrouble>): void {
    for (const [path, reason] of troubles) {
      if (this.#known.get(path) === reason) continue
      this.#known.set(path, reason)
      this.#counts.trouble(reason)
      this.#observer.trouble(reason, path)
    }
    for (const path of this.#known.keys()) {
      if (troubles.has(path)) continue
      this.#known.delete(path)
      this.#observer.recovered(path)
    }
  }

  /** All are told of again. */
  forget(): void {
    this.#known.clear()
  }
}
