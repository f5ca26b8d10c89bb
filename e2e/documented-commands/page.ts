import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** What a reader has started. */
export type Where = 'npm start' | 'docker compose'

/** How a block is run, as the comment above it says. */
export interface Run {
  /** Not for readers who have started something else. */
  readonly only: Where | null
  /** It looks at what comes by itself: asked again until the answer is as shown. */
  readonly untilAsShown: boolean
  /** When the reader has ended `npm start`. */
  readonly afterTheEnd: boolean
}

/** A block of commands: three backticks and `sh`. */
export interface Block {
  readonly page: string
  /** Of its first command, from 1. */
  readonly line: number
  readonly text: string
  /** null: nothing says that it can be run. */
  readonly run: Run | null
  /** What the page shows beneath it: the next block, when nothing stands between. */
  readonly shown: { readonly language: 'text' | 'json'; readonly text: string } | null
}

const tutorial = 'docs/tutorial.md'

/** Pages with commands that are run, the tutorial first: others look at what it has made. */
export function pagesThatAreRun(): string[] {
  const others = globSync(['README.md', 'docs/**/*.md'], { cwd: root }).filter((page) => page !== tutorial && commandsOf(page).some(({ run }) => run !== null))
  return [tutorial, ...others.sort()]
}

/** The blocks of commands of a page, in order. @param page such as `docs/tutorial.md` */
export function commandsOf(page: string): Block[] {
  return commandsIn(readFileSync(`${root}${page}`, 'utf8'), page)
}

/** @throws Error for a comment about running that says what nobody knows, or stands above something else */
export function commandsIn(markdown: string, page: string): Block[] {
  const lines = markdown.split('\n')
  const fences = fencesOf(lines)
  const strays = lines.flatMap((line, i) => (/^\s*<!-- run\b/.test(line) && !fences.some(({ language, above }) => language === 'sh' && above === i) ? [i + 1] : []))
  if (strays.length > 0) throw new Error(`${page}:${strays[0]}: a comment about running stands above no block of commands`)
  return fences.flatMap(({ language, first, last, text, mark }, i): Block[] => {
    if (language !== 'sh') return []
    const next = fences[i + 1]
    const follows = next !== undefined && next.first - last === 4 && lines[last + 2]?.trim() === ''
    return [{ page, line: first + 1, text, run: mark === null ? null : runOf(mark, `${page}:${first + 1}`), shown: follows ? shownBy(next) : null }]
  })
}

interface Fence {
  readonly language: string
  /** Lines of its text, counted from 0; last: of its last line. */
  readonly first: number
  readonly last: number
  readonly text: string
  /** Where the comment above it stands, and what it says. */
  readonly above: number
  readonly mark: string | null
}

function fencesOf(lines: readonly string[]): Fence[] {
  const fences: Fence[] = []
  for (let i = 0; i < lines.length; i++) {
    const [, indent = '', language] = /^( *)```(\w*)$/.exec(lines[i] ?? '') ?? []
    if (language === undefined) continue
    const first = i + 1
    do i++
    while (i < lines.length && lines[i]?.trim() !== '```')
    const text = lines.slice(first, i).map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line)).join('\n')
    const above = first - 2
    fences.push({ language, first, last: i - 1, text, above, mark: /^\s*<!-- run(.*?)-->$/.exec(lines[above] ?? '')?.[1]?.trim() ?? null })
  }
  return fences
}

function shownBy({ language, text }: Fence): Block['shown'] {
  return language === 'text' || language === 'json' ? { language, text } : null
}

/** Of `: npm start, until as shown`. */
function runOf(mark: string, at: string): Run {
  const words = mark === '' ? [] : mark.replace(/^: */, '').split(', ')
  const known: readonly string[] = ['npm start', 'docker compose', 'until as shown', 'after the end']
  const strange = words.find((word) => !known.includes(word))
  if (strange !== undefined) throw new Error(`${at}: “run: ${strange}” says nothing that is known: ${known.join(', ')}`)
  return {
    only: words.includes('npm start') ? 'npm start' : words.includes('docker compose') ? 'docker compose' : null,
    untilAsShown: words.includes('until as shown'),
    afterTheEnd: words.includes('after the end'),
  }
}
