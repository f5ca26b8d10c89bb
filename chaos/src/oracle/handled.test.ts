import { expect, it } from 'vitest'
import { callsOf, handledAgain } from './handled.js'

const call = (at: number, first: number, last: number, partition = 0) => ({ at, partition, first, last })

it('counts each record that a later call has again, at the time of that call, and no marker between records', () => {
  const inputs = [[0, 1, 2, 5, 6, 7], [0]]
  const calls = [call(30, 2, 6), call(10, 0, 2), call(20, 5, 7), call(40, 0, 0, 1)]
  expect(handledAgain(calls, inputs)).toEqual([30, 30, 30])
})

it('counts nothing where each record was handled once', () => {
  expect(handledAgain([call(10, 0, 2), call(20, 3, 9)], [[0, 1, 2, 4, 9]])).toEqual([])
})

it('reads the calls of a process that was killed while it wrote', () => {
  expect(callsOf('10 0 5 9\n20 1 7 7\n30 2 1')).toEqual([call(10, 5, 9), call(20, 7, 7, 1)])
  expect(callsOf('')).toEqual([])
})
