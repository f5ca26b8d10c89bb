/** What stands for a word that differs between messages of one template. */
const wildcard = '<*>'

/** Messages of the same template agree in at least so much of their words. */
const similarity = 0.5
/** Words of a message that are looked at. */
const maxWords = 40
/** Different first words below a length; more are held to be variables. */
const maxBranches = 64
/** Templates below the same length and first words. */
const maxSiblings = 32

export interface Template {
  readonly id: number
  /** Words, `<*>` in place of those that differ. */
  words: string[]
  count: number
}

/**
 * Finds the templates of messages as they come: a tree of fixed depth over the number of words and the first two of them
 * leads to few templates, of which the most similar one is taken, and its words that differ become wildcards (Drain: He,
 * Zhu, Zheng, Lyu, ICWS 2017). Memory is bounded: of too many templates the one that was not met for longest is forgotten.
 */
export class TemplateMiner {
  private readonly leaves = new Map<string, Template[]>()
  private readonly branches = new Map<number, Set<string>>()
  /** In the order in which they were met last. */
  private readonly met = new Map<Template, string>()
  private next = 1

  constructor(private readonly maxTemplates: number) {}

  /** The template of a message, and whether it is a new one. */
  add(message: string): { readonly template: Template; readonly isNew: boolean } {
    const words = wordsOf(message)
    const key = this.keyOf(words)
    const siblings = this.leaves.get(key) ?? []
    this.leaves.set(key, siblings)
    const best = mostSimilar(siblings, words)
    if (best !== undefined) {
      best.words = best.words.map((word, i) => (word === words[i] ? word : wildcard))
      best.count++
      this.met.delete(best)
      this.met.set(best, key)
      return { template: best, isNew: false }
    }
    const template: Template = { id: this.next++, words, count: 1 }
    if (siblings.length >= maxSiblings) this.forget(siblings[0])
    siblings.push(template)
    this.met.set(template, key)
    if (this.met.size > this.maxTemplates) this.forget(this.met.keys().next().value)
    return { template, isNew: true }
  }

  /** The words of every template, the one that was met last at the end. */
  state(): readonly (readonly string[])[] {
    return [...this.met.keys()].map(({ words }) => words)
  }

  restore(state: readonly (readonly string[])[]): void {
    for (const words of state) this.add(words.join(' '))
  }

  get size(): number {
    return this.met.size
  }

  /** Number of words, and the first two of them as far as they are no variables. */
  private keyOf(words: readonly string[]): string {
    const known = this.branches.get(words.length) ?? new Set<string>()
    this.branches.set(words.length, known)
    const first = words.slice(0, 2).join(' ')
    if (!known.has(first) && known.size >= maxBranches) return `${words.length} ${wildcard}`
    known.add(first)
    return `${words.length} ${first}`
  }

  private forget(template: Template | undefined): void {
    if (template === undefined) return
    const key = this.met.get(template)
    this.met.delete(template)
    if (key === undefined) return
    const left = (this.leaves.get(key) ?? []).filter((other) => other !== template)
    if (left.length === 0) this.leaves.delete(key)
    else this.leaves.set(key, left)
  }
}

function mostSimilar(templates: readonly Template[], words: readonly string[]): Template | undefined {
  let best: Template | undefined
  let most = similarity * words.length
  for (const template of templates) {
    let same = 0
    for (let i = 0; i < words.length; i++) if (template.words[i] === words[i]) same++
    if (same >= most && same > 0) {
      best = template
      most = same + 0.5
    }
  }
  return best
}

/** Words of the first line; those with digits in them are variables from the beginning. */
function wordsOf(message: string): string[] {
  const end = message.indexOf('\n')
  const line = message.slice(0, Math.min(end < 0 ? message.length : end, 2_000))
  const words = line.split(/[\s,;="'()[\]]+/, maxWords + 1).filter(Boolean).slice(0, maxWords)
  const marked = words.map((word) => (/\d/.test(word) || word.length > 60 ? wildcard : word))
  return marked.length === 0 ? [wildcard] : marked
}
