import { getEventListeners } from 'node:events'
import { expect, it } from 'vitest'
import { Turns } from './turns.js'

const never = new AbortController().signal

/** Who has had a turn, in order. */
function log(turns: Turns) {
  const begun: string[] = []
  return {
    begun,
    take: (name: string, signal = never) => turns.take(signal).then((end) => {
      if (end) begun.push(name)
      return end
    }),
  }
}

it('lets so many go on at a time, and the others in their order, each when one ends', async () => {
  const { begun, take } = log(new Turns(2))
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => take(name))
  await Promise.all([a, b])
  expect(begun).toEqual(['a', 'b'])
  ;(await b)?.()
  const endOfC = await c
  expect(begun).toEqual(['a', 'b', 'c'])
  endOfC?.()
  await d
  expect(begun).toEqual(['a', 'b', 'c', 'd'])
})

it('an end counts once, however often it is told', async () => {
  const { begun, take } = log(new Turns(1))
  const end = await take('a')
  const [b, c] = [take('b'), take('c')]
  end?.()
  end?.()
  await b
  await new Promise(setImmediate)
  expect(begun).toEqual(['a', 'b'])
  ;(await b)?.()
  await c
})

it('lets more go on when more may, and fewer begin when fewer may', async () => {
  const turns = new Turns(1)
  const { begun, take } = log(turns)
  const ends = ['a', 'b', 'c', 'd', 'e'].map((name) => take(name))
  turns.atOnce = 3
  const [endOfA, endOfB, endOfC] = await Promise.all(ends.slice(0, 3))
  expect(begun).toEqual(['a', 'b', 'c'])
  turns.atOnce = 1
  endOfA?.()
  endOfB?.()
  await new Promise(setImmediate)
  expect(begun).toEqual(['a', 'b', 'c'])
  endOfC?.()
  const endOfD = await ends[3]
  expect(begun).toEqual(['a', 'b', 'c', 'd'])
  endOfD?.()
  await ends[4]
})

it('who leaves has no turn, and keeps nobody from theirs', async () => {
  const { begun, take } = log(new Turns(1))
  const leaving = new AbortController()
  const end = await take('a')
  const [b, c] = [take('b', leaving.signal), take('c')]
  leaving.abort()
  expect(await b).toBeNull()
  end?.()
  await c
  expect(begun).toEqual(['a', 'c'])
  expect(await take('d', leaving.signal)).toBeNull()
})

it('leaves nothing behind on the signal', async () => {
  const { take } = log(new Turns(1))
  const { signal } = new AbortController()
  for (let i = 0; i < 5; i++) {
    const end = await take('a', signal)
    const next = take('b', signal)
    end?.()
    ;(await next)?.()
  }
  expect(getEventListeners(signal, 'abort')).toEqual([])
})
