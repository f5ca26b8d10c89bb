import { describe, expect, it } from 'vitest'
import { parts, readOptions, UsageError } from './options.js'

describe('options of the bench', () => {
  it('measure everything when nothing is said', () => {
    expect(readOptions(['messaging'])).toEqual({ bench: 'messaging', json: false, only: parts.messaging, rounds: 3, hops: 7, records: 1_000_000, kills: 200, rows: 5_000_000, profile: null })
  })

  it('take parts, rounds and records', () => {
    const args = ['messaging', '--json', '--only', 'plain,hop', '--rounds', '1', '--hops', '2', '--records', '5000', '--profile', 'out']
    expect(readOptions(args)).toEqual({ bench: 'messaging', json: true, only: ['plain', 'hop'], rounds: 1, hops: 2, records: 5_000, kills: 200, rows: 5_000_000, profile: 'out' })
  })

  it('know the parts of each bench', () => {
    expect(readOptions(['fraud', '--only', 'latency,rules'])).toMatchObject({ bench: 'fraud', only: ['latency', 'rules'] })
    expect(readOptions(['notifier'])).toMatchObject({ bench: 'notifier', only: parts.notifier, records: 20_000, kills: 200 })
    expect(readOptions(['logs', '--only', 'ship,parse', '--rounds', '5'])).toMatchObject({ bench: 'logs', only: ['ship', 'parse'], rounds: 5, records: 2_700_000 })
    expect(readOptions(['notifier', '--only', 'kills', '--kills', '10', '--records', '3000'])).toMatchObject({ only: ['kills'], kills: 10, records: 3_000 })
    expect(readOptions(['etl', '--only', 'load,memory', '--rows', '100000'])).toMatchObject({ only: ['load', 'memory'], records: 1_000_000, rows: 100_000 })
  })

  it.each([[[]], [['fraud-something']], [['messaging', 'more']], [['messaging', '--only', 'plain,speed']], [['fraud', '--only', 'plain']], [['notifier', '--only', 'swipe']], [['notifier', '--kills', 'all']], [['messaging', '--rounds', '0']], [['messaging', '--loud']]])(
    'refuse %j',
    (args) => {
      expect(() => readOptions(args)).toThrow(UsageError)
    },
  )
})
