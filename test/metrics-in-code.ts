import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** A metric, as the code makes it. */
export interface Metric {
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly labels: readonly string[]
  readonly help: string
}

/** What a call of `counter`, `gauge` or `histogram` says first: the name and the help, as literals; then there may be labels. */
const call = /\b(counter|gauge|histogram)(?:<[^>]*>)?\(\{\s*name: '([a-z][a-z0-9_]*)',\s*help: (?:'([^']*)'|"([^"]*)"),?/g

/** The metrics that the code below a folder makes, by name. @throws Error when two calls say different things of a name */
export function metricsBelow(folder: string): Metric[] {
  const found = new Map<string, Metric>()
  for (const file of globSync(`${folder}/**/*.ts`, { cwd: root, exclude: (name) => name === 'dist' || name.endsWith('.test.ts') })) {
    const text = readFileSync(join(root, file), 'utf8')
    for (const match of text.matchAll(call)) {
      const [, type, name = '', single, double] = match
      const rest = text.slice(match.index + match[0].length, endOfCall(text, match.index))
      const [, labels = ''] = /labels: \[([^\]]*)\]/.exec(rest) ?? []
      const metric = { name, type: type as Metric['type'], labels: [...labels.matchAll(/'(\w+)'/g)].map(([, label = '']) => label), help: single ?? double ?? '' }
      const other = found.get(name)
      if (other && JSON.stringify(other) !== JSON.stringify(metric)) throw new Error(`${file} says something else of ${name} than another file`)
      found.set(name, metric)
    }
  }
  return [...found.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/** Where the parenthesis that opens first after `from` is closed. */
function endOfCall(text: string, from: number): number {
  let depth = 0
  for (let at = text.indexOf('(', from); at < text.length; at++) {
    if (text[at] === '(') depth++
    if (text[at] === ')' && --depth === 0) return at
  }
  return text.length
}

/** The names in all calls that make a metric below a folder, as they are written: also where `metricsBelow` cannot read the call. */
export function callsBelow(folder: string): string[] {
  return globSync(`${folder}/**/*.ts`, { cwd: root, exclude: (name) => name === 'dist' || name.endsWith('.test.ts') }).flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8')
    return [...text.matchAll(/(?<!function )\b(?:counter|gauge|histogram)(?:<[^>]*>)?\(\{\s*(?:name: ')?([^',\s]*)/g)].map(([, name = '']) => name)
  })
}
