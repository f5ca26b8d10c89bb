import { execFileSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { commandsIn, commandsOf } from '../e2e/documented-commands/page.js'
import { notRun } from '../e2e/documented-commands/not-run.js'
import { isAsShown } from '../e2e/documented-commands/shown.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const pages = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md', { cwd: root })]
const fence = '```'

describe('a block of commands', () => {
  const page = [
    'Ask it:', '', '<!-- run: npm start, until as shown -->', `${fence}sh`, 'curl $API', 'echo done', fence, '', `${fence}json`, '{"a": 1}', fence, '',
    `- In a list:`, '', `  ${fence}sh`, '  npm test', `  ${fence}`, '  It shows', `  ${fence}text`, '  fine', `  ${fence}`,
  ].join('\n')

  it('has its lines, what its comment says, and what is shown beneath it', () => {
    expect(commandsIn(page, 'a.md')).toEqual([
      { page: 'a.md', line: 5, text: 'curl $API\necho done', run: { only: 'npm start', untilAsShown: true, afterTheEnd: false }, shown: { language: 'json', text: '{"a": 1}' } },
      { page: 'a.md', line: 16, text: 'npm test', run: null, shown: null },
    ])
  })

  it.each([
    ['a word that nobody knows', ['<!-- run: sometimes -->', `${fence}sh`, 'ls', fence], 'a.md:3: “run: sometimes”'],
    ['a comment that stands above something else', ['<!-- run -->', '', `${fence}sh`, 'ls', fence], 'a.md:1: a comment about running stands above no block'],
  ])('is refused with %s', (_, lines, says) => {
    expect(() => commandsIn(lines.join('\n'), 'a.md')).toThrow(says)
  })
})

describe('what a page shows', () => {
  it.each([
    ['the same lines', 'a\nb\n', 'a\nb', true],
    ['a line more', 'a\nb\nc\n', 'a\nb', false],
    ['what varies within a line', 'at 12:30, EUR 4.20 (ok)\n', 'at …, EUR 4.20 (ok)', true],
    ['a line that varies over two', 'at 12\n30 ok', 'at … ok', false],
    ['lines left out', 'a\nb\nc\nd\n', 'a\n…\nd', true],
    ['lines left out, without the last', 'a\nb\n', 'a\n…\nd', false],
  ])('as text: %s', (_, output, text, fits) => {
    expect(isAsShown(output, { language: 'text', text })).toBe(fits)
  })

  it.each([
    ['broken into lines otherwise', '{"a":1,"b":[2,3]}', '{\n  "a": 1, "b": [2, 3]\n}', true],
    ['parts left out', '{"a":1,"b":[2,3],"c":{"d":4}}', '{ "a": 1, …, "c": { "d": 4 } }', true],
    ['another value', '{"a":1,"b":2}', '{ "a": 2, … }', false],
    ['something behind it', '{"a":1} {"a":1}', '{ "a": 1 }', false],
  ])('as JSON: %s', (_, output, text, fits) => {
    expect(isAsShown(output, { language: 'json', text })).toBe(fits)
  })
})

describe('README, CONTRIBUTING and docs', () => {
  const blocks = pages.flatMap(commandsOf)
  const entryOf = ({ page, text }: { page: string; text: string }): string => `${page}: ${(text.split('\n')[0] ?? '').replace(/\s+#\s.*$/, '')}`

  it('have each block of commands run by a test, or listed with the reason why it is not', () => {
    expect(blocks.length).toBeGreaterThan(40)
    expect(blocks.filter(({ run }) => run === null).map(entryOf).filter((entry) => !(entry in notRun))).toEqual([])
  })

  it('have no block listed that is run, or not there any more', () => {
    const known = blocks.filter(({ run }) => run === null).map(entryOf)
    expect(Object.keys(notRun).filter((entry) => !known.includes(entry))).toEqual([])
    expect(new Set(known).size).toBe(known.length)
  })

  it.each(blocks.map((block) => [`${block.page}:${block.line}`, block] as const))('%s is what a shell can read', (_, { text }) => {
    execFileSync('bash', ['-n'], { input: text })
  })
})
