import type { Received } from '@swipestream/messaging'
import type { Change } from '../domain/latest.js'

/** Records of a compacted topic as changes; one without a key says nothing of anybody and is left out. */
export function changesOf<T>(batch: readonly Received<T | null>[]): Change<T>[] {
  return batch.flatMap(({ key, value }) => (key === null ? [] : [{ key, value }]))
}
