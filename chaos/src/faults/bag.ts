import type { Seeded } from '../seeded.js'

/** Draws kinds by chance so that each comes as often as it is there, before any comes more often. */
export function* drawn<T>(kinds: readonly T[], random: Seeded): Generator<T, never> {
  for (;;) yield* random.shuffled(kinds)
}
