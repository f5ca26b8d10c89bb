import { describe, expect, test } from 'vitest'
import { type Entry, Multiline, type MultilineRule } from './multiline.js'

const rule: MultilineRule = { kind: 'start', pattern: /^\d/, maxLines: 4, maxLength: 100, timeoutMs: 1_000 }
const continuation: MultilineRule = { ...rule, kind: 'continuation', pattern: /^\s/ }

function entriesOf(which: MultilineRule, texts: readonly string[], truncated: readonly boolean[] = []): { entries: Entry[]; group: Multiline } {
  const entries: Entry[] = []
  const group = new Multiline(which)
  let offset = 0
  for (const [i, text] of texts.entries()) {
    const end = offset + text.length + 1
    group.add({ text, offset, end, truncated: truncated[i] ?? false }, 0, (entry) => entries.push(entry))
    offset = end
  }
  return { entries, group }
}

const textsOf = (entries: readonly Entry[]) => entries.map(({ text }) => text)

describe('lines of one entry', () => {
  test('are those from a line that matches the start to before the next one', () => {
    const { entries, group } = entriesOf(rule, ['1 error', '  at a', '  at b', '2 next'])
    expect(entries).toEqual([{ text: '1 error\n  at a\n  at b', offset: 0, end: 22, truncated: false }])
    expect(group.pending).toBe(true)
    expect(group.begin).toBe(22)
  })

  test('are a line and those after it that match the continuation', () => {
    expect(textsOf(entriesOf(continuation, ['error', ' at a', '\tat b', 'next', 'last']).entries)).toEqual(['error\n at a\n\tat b', 'next'])
  })

  test('begin with what comes first, whether it matches or not', () => {
    expect(textsOf(entriesOf(rule, ['  at z', '1 error', '2']).entries)).toEqual(['  at z', '1 error'])
    expect(textsOf(entriesOf(continuation, [' at z', 'error', 'x']).entries)).toEqual([' at z', 'error'])
  })

  test('are no more than the limits: what is beyond begins another entry, and nothing is left out', () => {
    expect(textsOf(entriesOf(rule, ['1', 'a', 'b', 'c', 'd', '2']).entries)).toEqual(['1\na\nb\nc', 'd'])
    expect(textsOf(entriesOf({ ...rule, maxLength: 12 }, ['1 long', 'longer', 'x', '2']).entries)).toEqual(['1 long', 'longer\nx'])
  })

  test('make a truncated entry when one of them was truncated', () => {
    expect(entriesOf(rule, ['1', 'a', '2', '3'], [false, true]).entries.map(({ truncated }) => truncated)).toEqual([true, false])
  })

  test('are whole when nothing has come for the time, by a clock that may go back', () => {
    const group = new Multiline(rule)
    expect(group.isDue(5_000)).toBe(false)
    group.add({ text: '1', offset: 0, end: 2, truncated: false }, 10_000, () => expect.unreachable())
    expect(group.isDue(10_999)).toBe(false)
    expect(group.isDue(11_000)).toBe(true)
    expect(group.isDue(2_000)).toBe(false)
    expect(group.isDue(3_000)).toBe(true)
    const entries: Entry[] = []
    group.flush((entry) => entries.push(entry))
    group.flush((entry) => entries.push(entry))
    expect(textsOf(entries)).toEqual(['1'])
  })
})
