import { describe, expect, it } from 'vitest'
import { UsageError } from '../options.js'
import { isDefault, type QualityOptions, readQualityOptions } from './options.js'

const read = (...args: string[]) => readQualityOptions(['fraud-quality', ...args]) as QualityOptions

describe('options of fraud-quality', () => {
  it('are the weeks of the table to beat when nothing is said', () => {
    expect(read()).toMatchObject({ json: false, input: null, train: { text: '2018-07-25..2018-07-31' }, test: { text: '2018-08-08..2018-08-14' }, model: true })
    expect([isDefault(read()), isDefault(read('--json'))]).toEqual([true, true])
  })

  it('take another table, other days, and rules only', () => {
    const options = read('--json', '--input', 't.csv', '--train', '2018-05-01..2018-05-14', '--test', '2018-05-22..2018-05-22', '--rules-only')
    expect(options).toMatchObject({ json: true, input: 't.csv', train: { text: '2018-05-01..2018-05-14' }, test: { text: '2018-05-22..2018-05-22' }, model: false })
    expect([isDefault(options), isDefault(read('--input', 't.csv'))]).toEqual([false, false])
  })

  it.each([[['more']], [['--train', 'July']], [['--test', '2018-08-14..2018-08-08']], [['--loud']], [['--test', '2018-08-07..2018-08-13']]])('refuse %j', (args) => {
    expect(() => read(...args)).toThrow(UsageError)
  })
})
