import { describe, expect, it } from 'vitest'
import type { Reader } from '../../kafka/ports.js'
import { matches, parseFilter, select } from './filter.js'
import { DeadLetters, type LetterSummary } from './letters.js'

const letter: LetterSummary = { offset: 12, key: 'c1', code: 'AVRO_UNDECODABLE', group: 't.notifier', failedAt: Date.parse('2026-11-25T14:00:00Z'), redriveCount: 0 }

describe('a filter', () => {
  it.each([
    [{}, true],
    [{ code: ['AVRO_UNDECODABLE'] }, true],
    [{ code: ['SCHEMA_UNKNOWN', 'AVRO_UNDECODABLE'] }, true],
    [{ code: ['SCHEMA_UNKNOWN'] }, false],
    [{ group: ['t.notifier'] }, true],
    [{ group: ['notifier'] }, true],
    [{ group: ['fraud-service'] }, false],
    [{ key: ['c1'] }, true],
    [{ key: ['c'] }, false],
    [{ since: '2026-11-25T14:00:00Z' }, true],
    [{ since: '2026-11-25T14:00:00.001Z' }, false],
    [{ since: '2026-11-25' }, true],
    [{ until: '2026-11-25T14:00Z' }, false],
    [{ until: '2026-11-26' }, true],
    [{ offset: '12' }, true],
    [{ offset: '10..12' }, true],
    [{ offset: '12..' }, true],
    [{ offset: '..11' }, false],
    [{ offset: '13..20' }, false],
    [{ code: ['AVRO_UNDECODABLE'], key: ['c2'] }, false],
  ])('%j: %s', (given, expected) => {
    expect(matches(letter, parseFilter(given), 't.')).toBe(expected)
  })

  it.each([
    [{ since: 'yesterday' }, '--since takes a time'],
    [{ until: '2026-13-01' }, '--until takes a time'],
    [{ offset: '-1' }, '--offset takes'],
    [{ offset: '..' }, '--offset takes'],
    [{ offset: '5..3' }, '--offset takes'],
    [{ limit: '0' }, '--limit takes a whole number'],
  ])('%j is refused: %s', (given, message) => {
    expect(() => parseFilter(given)).toThrow(message)
  })
})

describe('what is selected', () => {
  const found = new DeadLetters({} as Reader, { topic: 't.cards.dlq', partition: 0 })
  found.letters.push(...[0, 1, 2, 3].map((offset) => ({ ...letter, offset })))
  found.redrives.set(1, [{ at: 1, by: 'ana', edited: [] }])
  const offsets = ({ chosen }: ReturnType<typeof select>) => chosen.map(({ offset }) => offset)

  it('leaves out and counts what was redriven before, and then takes the oldest', () => {
    const selection = select(found, parseFilter({ limit: '2' }), { namespace: '', again: false })
    expect(selection).toMatchObject({ matching: 3, redrivenBefore: 1 })
    expect(offsets(selection)).toEqual([0, 2])
  })

  it('takes also what was redriven before when it is asked to', () => {
    const selection = select(found, parseFilter({ offset: '1..' }), { namespace: '', again: true })
    expect(selection).toMatchObject({ matching: 3, redrivenBefore: 0 })
    expect(offsets(selection)).toEqual([1, 2, 3])
  })
})
