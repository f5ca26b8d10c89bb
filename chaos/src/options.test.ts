import { expect, it } from 'vitest'
import { readOptions } from './options.js'

it('are five minutes and more than a million records where nothing else is said', () => {
  expect(readOptions([])).toEqual({ minutes: 5, records: 1_050_000, seed: 1, client: 'platformatic', rolling: null, json: false })
})

it('take time, number, seed and client', () => {
  expect(readOptions(['--minutes', '0.5', '--records', '9', '--seed', '7', '--client', 'kafkajs', '--json'])).toEqual({
    minutes: 0.5, records: 9, seed: 7, client: 'kafkajs', rolling: null, json: true,
  })
})

it('write as long as so many restarts take', () => {
  expect(readOptions(['--rolling', '20'])).toMatchObject({ rolling: 20, minutes: 4, records: 840_000 })
})

it.each([
  ['--minutes', '0'], ['--minutes', 'five'], ['--records', '1.5'], ['--seed', '-1'], ['--client', 'librdkafka'], ['--rolling', '0'],
])('refuse %s %s', (...args) => {
  expect(() => readOptions(args)).toThrow(args[0])
})

it('refuse restarts for a time, and what they do not know', () => {
  expect(() => readOptions(['--rolling', '20', '--minutes', '5'])).toThrow('leave out --minutes')
  expect(() => readOptions(['--faults', 'none'])).toThrow('--faults')
})
