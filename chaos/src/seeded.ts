import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator'

/** Outputs thrown away first: near seeds begin with near states, which the generator takes some steps to part. */
const warmUp = 64

/** Chance that can be repeated: the same seed draws the same values. */
export class Seeded {
  readonly #generator: RandomGenerator

  /** @param seed 32-bit integer */
  constructor(seed: number) {
    this.#generator = xoroshiro128plus(seed)
    for (let i = 0; i < warmUp; i++) this.#generator.next()
  }

  /** A whole number from 0, below `bound`. */
  below(bound: number): number {
    return Math.floor(uniformFloat64(this.#generator) * bound)
  }

  /** A number from `from`, below `to`. */
  between(from: number, to: number): number {
    return from + uniformFloat64(this.#generator) * (to - from)
  }

  shuffled<T>(values: readonly T[]): T[] {
    const left = [...values]
    const drawn: T[] = []
    while (left.length > 0) drawn.push(...left.splice(this.below(left.length), 1))
    return drawn
  }
}
