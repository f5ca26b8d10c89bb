import { DAY_MS, type Swiped } from '@swipestream/fraud-service/engine'
import { describe, expect, it } from 'vitest'
import { daysOf } from './days.js'
import { Defrauded, figuresOf } from './figures.js'
import { missed } from './goals.js'
import { swiped } from './table.fixture.js'

const train = daysOf('2018-07-25..2018-07-31') ?? expect.unreachable()
const test = daysOf('2018-08-08..2018-08-14') ?? expect.unreachable()
const row = (day: string, customer: string, fraud = false): Swiped => swiped({ id: `${day} ${customer}`, at: Date.parse(`2018-${day}T12:00:00Z`), customer, fraud })

describe('customers known as defrauded', () => {
  const knownOn = (frauds: readonly string[], day: string): boolean => {
    const defrauded = new Defrauded(train)
    for (const each of frauds) defrauded.add(row(each, '1', true))
    return defrauded.isKnown(row(day, '1'))
  }

  it.each([
    ['a fraud in the training week is known on the first test day', '07-25', '08-08', true],
    ['of its last day as well', '07-31', '08-08', true],
    ['one before it does not count', '07-24', '08-14', false],
    ['one of the day after it is known on the second test day', '08-01', '08-09', true],
    ['and not on the first', '08-01', '08-08', false],
    ['one of the sixth day after it on the last test day', '08-06', '08-14', true],
    ['one a week before is not known', '08-07', '08-14', false],
    ['nor is one of the same day', '08-10', '08-10', false],
  ])('%s', (_, fraud, day, known) => expect(knownOn([fraud], day)).toBe(known))

  it('are known by the first of several', () => expect(knownOn(['07-26', '08-09'], '08-08')).toBe(true))
})

describe('figures', () => {
  it('leave out who is known as defrauded, but for the alerts', () => {
    const defrauded = new Defrauded(train)
    defrauded.add(row('07-25', '1', true))
    const scores = [['1', 1_000, true], ['2', 900, true], ['3', 600, false], ['4', 0, false]] as const
    const tested = scores.map(([customer, score, fraud]) => ({ row: row('08-08', customer, fraud), rank: score, score }))
    expect(figuresOf(tested, defrauded, test)).toEqual({
      auc: 1, ap: 1, cp100: 0.01,
      review: { from: 500, perDay: 0.429, precision: 0.667, recall: 1 },
      decline: { from: 800, perDay: 0.286, precision: 1, recall: 1 },
    })
  })
})

describe('goals', () => {
  const met = { rules: { ap: 0.5, auc: 0, cp100: 0.285 }, model: { ap: 0.69, auc: 0.868, cp100: 0.291 }, modelAllHistory: { ap: 0.72, auc: 0.884, cp100: 0.3 } }

  it('are met at their least', () => expect(missed(met)).toEqual([]))

  it('are missed below, and by what is not a number', () => {
    expect(missed({ rules: { ap: 0.49, auc: 0, cp100: Number.NaN }, model: { ...met.model, auc: 0.86 } }).map(({ goal }) => goal)).toEqual(['rules.ap', 'rules.cp100', 'model.auc'])
  })

  it('say nothing of what was not measured', () => expect(missed({})).toEqual([]))
})

it('days are whole ones, both ends included', () => {
  expect(train).toEqual({ text: '2018-07-25..2018-07-31', from: Date.UTC(2018, 6, 25), end: Date.UTC(2018, 6, 25) + 7 * DAY_MS })
  expect(['2018-07-25', '2018-07-25..2018-07-24', 'a..b', '2018-13-01..2018-13-02'].map(daysOf)).toEqual([undefined, undefined, undefined, undefined])
})
