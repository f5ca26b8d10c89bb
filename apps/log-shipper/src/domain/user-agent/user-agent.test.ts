import { describe, expect, test } from 'vitest'
import { uapCoreRules } from '../../enrichment/uap-core.js'
import { Recent } from './recent.js'
import { requiredText } from './required-text.js'
import { userAgents } from './user-agent.js'

const rules = uapCoreRules()
const tell = userAgents(() => rules)

const samples = [
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.6099.71 Safari/537.36',
  'Mozilla/5.0 (Windows NT 6.1; rv:15.0) Gecko/20120716 Firefox/15.0a2',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.2 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  'curl/8.5.0',
  '-',
  'GOOGLEBOT',
]

describe('a user agent', () => {
  test('is told by browser, system and device, in the names of Elasticsearch', () => {
    expect(samples.slice(0, 2).map(tell)).toEqual([
      { original: samples[0], name: 'Chrome', version: '120.0.6099.71', os: { name: 'Mac OS X', version: '10.15.7', full: 'Mac OS X 10.15.7' }, device: { name: 'Mac' } },
      { original: samples[1], name: 'Firefox Alpha', version: '15.0.a2', os: { name: 'Windows', version: '7', full: 'Windows 7' }, device: { name: 'Other' } },
    ])
    expect(tell(samples[2] ?? '')).toMatchObject({ name: 'Mobile Safari', os: { name: 'iOS', version: '17.2' }, device: { name: 'iPhone' } })
    expect(tell(samples[3] ?? '')).toMatchObject({ name: 'Chrome Mobile', os: { name: 'Android', version: '14' }, device: { name: 'Pixel 8' } })
    expect(tell(samples[4] ?? '')).toMatchObject({ name: 'Googlebot', version: '2.1', device: { name: 'Spider' } })
  })

  test('that nobody knows is Other', () => {
    expect(tell('-')).toEqual({ original: '-', name: 'Other', device: { name: 'Other' } })
  })

  test('of a megabyte is told in no time', () => {
    const begun = performance.now()
    expect(tell('Mozilla/5.0 (Linux; Android 9; '.repeat(30_000)).name).toBeDefined()
    expect(performance.now() - begun).toBeLessThan(1_000)
  })
})

describe('the text that an expression needs', () => {
  test.each([
    ['(Firefox)/(\\d+)\\.(\\d+)', 'Firefox'],
    ['Ab?c', 'A'],
    ['abc|def', ''],
    ['(?:abc|def)xyz', 'xyz'],
    ['(?!abcdef)xy', 'xy'],
    ['a[bcdef]+gh', 'gh'],
    ['(abcdef)?gh', 'gh'],
    ['(abcdef){0,1}gh', 'gh'],
    ['ab\\.cd', 'ab.cd'],
    ['\\bword\\d', 'word'],
  ])('%s: %s', (regex, text) => {
    expect(requiredText(regex)).toBe(text)
  })

  test('is in whatever matches, for every rule', () => {
    for (const { regex } of [...rules.user_agent_parsers, ...rules.os_parsers, ...rules.device_parsers]) {
      for (const sample of samples) {
        const match = new RegExp(regex).exec(sample)
        if (match !== null) expect(match[0]).toContain(requiredText(regex))
      }
    }
  })
})

test('what was asked for last is kept', () => {
  const asked: string[] = []
  const recent = new Recent<string>(2)
  for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) recent.get(key, (text) => (asked.push(text), text))
  expect(asked).toEqual(['a', 'b', 'c', 'b'])
})
