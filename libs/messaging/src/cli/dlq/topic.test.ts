import { cards, topics } from '@swipestream/contracts'
import { expect, it } from 'vitest'
import { placesOf } from './topic.js'

it.each(['cards', 'cards.dlq', 't.cards', 't.cards.dlq'])('%s means one dead-letter topic', (name) => {
  expect(placesOf([name], 't.')).toEqual([{ topic: cards, at: { topic: 't.cards.dlq', partition: 0 } }])
})

it('two names of one topic mean it once, no name means every topic', () => {
  expect(placesOf(['cards', 'cards.dlq'], '')).toHaveLength(1)
  expect(placesOf([], '')).toHaveLength(topics.length)
})

it('a name that is none is refused, and the others are told', () => {
  expect(() => placesOf(['card'], '')).toThrow('no such topic: card; there are transactions_log, ')
})
