import type { ShipTrouble } from './ship-counts.js'

/** What the shipper has to tell, beside what it counts. Each call is a change, not a repetition. */
export interface ShipObserver {
  /** A path or file that is not read, or not as it should be. */
  trouble(reason: ShipTrouble, path: string, detail?: string): void
  /** It was in trouble, and is not any more. */
  recovered(path: string): void
  /** What became of a file that is read. */
  file(event: FileEvent, path: string, detail: Readonly<Record<string, unknown>>): void
  /** Whether the topic takes entries, the state can be written; null: it does. */
  health(component: 'topic' | 'checkpoint', error: Error | null): void
}

export type FileEvent = 'found' | 'resumed' | 'moved' | 'truncated' | 'replaced' | 'archive' | 'finished' | 'gone'
