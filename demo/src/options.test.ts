import { describe, expect, it } from 'vitest'
import { readOptions } from './options.js'

describe('readOptions', () => {
  it('has defaults', () => {
    expect(readOptions([])).toEqual({ once: false, json: false, input: null, rows: Infinity, swipes: 300, seed: 1 })
  })

  it('takes what it is given', () => {
    expect(readOptions(['--once', '--json', '--input', 'x.csv.gz', '--rows', '20'])).toMatchObject({ once: true, json: true, input: 'x.csv.gz', rows: 20 })
  })

  it.each([
    [['--rows', '5'], '--rows goes with --input'],
    [['--input', 'x', '--swipes', '5'], '--swipes is for generated traffic'],
    [['--swipes', '-1'], '--swipes'],
    [['--input', 'x', '--rows', '0'], '--rows takes a whole number from 1'],
    [['--seed', '1.5'], '--seed takes a whole number'],
    [['--onse'], '--onse'],
    [['story'], 'story'],
  ])('refuses %o', (args, message) => {
    expect(() => readOptions(args)).toThrow(message)
  })
})
