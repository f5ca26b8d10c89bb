import type { Topic } from '../topic.js'

export const minute = 60_000
export const hour = 60 * minute

/** What the examples are about: a card that is used in Vienna and 42 minutes later in Sydney. */
export const swipedAt = Date.UTC(2026, 0, 31, 11, 34, 56, 622)
export const transactionId = '019bfc3e-8d2a-7c31-9a51-4c1f0f7e2b6d'
export const cardId = 'v1.BiIkEgE4KkWRL7IoKLP321FTzyBycipz3tImI-p5q8k'
export const customerId = 'c004711'

/** A value of a topic, checked by the compiler. */
export function example<T>({ name }: Pick<Topic<T>, 'name' | 'key'>, value: NoInfer<T>): [name: string, value: unknown] {
  return [name, value]
}
