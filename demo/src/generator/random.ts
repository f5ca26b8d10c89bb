import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator'

/** Outputs thrown away first: near seeds begin with near states, which the generator takes some steps to part. */
const WARM_UP = 64

/** Chance that can be repeated: the same seed draws the same values (xoroshiro128+ of `pure-rand`). */
export class Random {
  readonly #generator: RandomGenerator

  /** @param seed 32-bit integer */
  constructor(seed: number) {
    this.#generator = xoroshiro128plus(seed)
    for (let i = 0; i < WARM_UP; i++) this.#generator.next()
  }

  /** A number from 0, below 1. */
  unit(): number {
    return uniformFloat64(this.#generator)
  }

  /** A whole number from 0, below `bound`. */
  below(bound: number): number {
    return Math.floor(this.unit() * bound)
  }

  /** A number from `from`, below `to`. */
  between(from: number, to: number): number {
    return from + this.unit() * (to - from)
  }

  /** True with the probability, 0 to 1. */
  chance(probability: number): boolean {
    return this.unit() < probability
  }

  /** One of the values, each as likely. */
  pick<T>(values: readonly T[]): T {
    if (values.length === 0) throw new RangeError('there is nothing to pick from')
    return values[this.below(values.length)] as T
  }

  /** Standard normal distribution, by the method of Box and Muller (1958). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.unit())) * Math.cos(2 * Math.PI * this.unit())
  }

  /** Exponential distribution of the mean: the wait for the next of many independent events. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.unit())
  }
}
