import { describe, expect, test } from 'vitest'
import { TemplateMiner } from './template-miner.js'

describe('messages', () => {
  test('that differ in variables are of one template', () => {
    const miner = new TemplateMiner(100)
    const first = miner.add('connect to db1.example:5432 failed after 30 ms')
    expect(first.isNew).toBe(true)
    expect(miner.add('connect to db2.example:5432 failed after 7 ms')).toEqual({ template: first.template, isNew: false })
    expect(first.template.words.join(' ')).toBe('connect to <*> failed after <*> ms')
  })

  test('that differ in words become one template with wildcards, when most of them are the same', () => {
    const miner = new TemplateMiner(100)
    miner.add('user ada was refused by the door')
    const { template, isNew } = miner.add('user bob was refused by the door')
    // The second word leads to another leaf: what it has in common is found below the first two words only.
    expect(isNew).toBe(true)
    expect(miner.add('user bob was refused by the gate').template).toBe(template)
    expect(template.words.join(' ')).toBe('user bob was refused by the <*>')
  })

  test('of other lengths or other words are of other templates', () => {
    const miner = new TemplateMiner(100)
    expect(['disk full', 'disk is full', 'out of memory'].map((message) => miner.add(message).isNew)).toEqual([true, true, true])
  })

  test('of any number and kind take a bounded memory', () => {
    const miner = new TemplateMiner(50)
    for (let i = 0; i < 5_000; i++) miner.add(`${String.fromCharCode(97 + (i % 26))}${'abcdefghij'.charAt(i % 10)} ${i.toString(26).replaceAll(/\d/g, 'z')} ${'w '.repeat(i % 30)}`)
    expect(miner.size).toBeLessThanOrEqual(50)
    expect(miner.add('').template.words).toEqual(['<*>'])
    expect(miner.add('x '.repeat(500_000)).template.words.length).toBe(40)
  })
})
