/** What became of what was owed. */
export interface Verdict {
  /** How much was owed. */
  readonly obligations: number
  readonly lost: number
  readonly duplicated: number
  /** Came after a later one of its key, or to another partition than those before it: there is no order between them. */
  readonly disordered: number
  /** Came, and says something else. */
  readonly unequal: number
  /** Came, and nobody owed it. */
  readonly unasked: number
  /** What was found first, for people. */
  readonly samples: readonly string[]
}

interface Page {
  /** Ascending. */
  readonly ids: number[]
  readonly contents: number[]
  readonly met: boolean[]
  /** Place of the last in order that came. */
  last: number
  /** Where the first came. */
  partition: number | null
}

const mostSamples = 10

/** Keeps account of what is owed for each key, in its order, and holds against it what comes. Millions fit. */
export class Ledger {
  readonly #pages = new Map<string, Page>()
  readonly #samples: string[] = []
  #obligations = 0
  #met = 0
  #duplicated = 0
  #disordered = 0
  #unequal = 0
  #unasked = 0

  /** @param what names the things owed, in samples */
  constructor(private readonly what: string) {}

  /** The ids of a key are given in ascending order. */
  expect(key: string, id: number, content: number): void {
    const page = this.#pages.get(key) ?? { ids: [], contents: [], met: [], last: -1, partition: null }
    this.#pages.set(key, page)
    if (id <= (page.ids.at(-1) ?? -1)) throw new RangeError(`${this.what} of ${key}: ${id} is expected after ${page.ids.at(-1)}`)
    page.ids.push(id)
    page.contents.push(content)
    page.met.push(false)
    this.#obligations++
  }

  /** @param where it came, in samples */
  meet(key: string, id: number, content: number, where: { readonly partition: number; readonly offset: number }): void {
    const page = this.#pages.get(key)
    const place = page ? placeOf(page.ids, id) : -1
    const note = (finding: string) => this.#note(`${this.what} ${id} of ${key} ${finding} (partition ${where.partition}, offset ${where.offset})`)
    if (!page || place < 0) {
      this.#unasked++
      return note('was not owed')
    }
    if (page.contents[place] !== content) {
      this.#unequal++
      note(`is ${content}, not ${page.contents[place]}`)
    }
    if (page.met[place]) {
      this.#duplicated++
      return note('came again')
    }
    page.met[place] = true
    this.#met++
    page.partition ??= where.partition
    if (where.partition !== page.partition) {
      this.#disordered++
      return note(`came to another partition than ${page.partition}`)
    }
    if (place < page.last) {
      this.#disordered++
      return note(`came after ${page.ids[page.last]}`)
    }
    page.last = place
  }

  verdict(): Verdict {
    const lost = this.#obligations - this.#met
    if (lost > 0) this.#sampleLost()
    return {
      obligations: this.#obligations,
      lost,
      duplicated: this.#duplicated,
      disordered: this.#disordered,
      unequal: this.#unequal,
      unasked: this.#unasked,
      samples: this.#samples,
    }
  }

  #sampleLost(): void {
    for (const [key, { ids, met }] of this.#pages) {
      const missing = ids.filter((_, place) => !met[place])
      if (missing.length > 0) this.#note(`${this.what} of ${key}: ${missing.length} never came, first ${missing.slice(0, 3).join(', ')}`)
    }
  }

  #note(sample: string): void {
    if (this.#samples.length < mostSamples) this.#samples.push(sample)
  }
}

function placeOf(ids: readonly number[], id: number): number {
  let low = 0
  let high = ids.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const there = ids[middle] ?? 0
    if (there === id) return middle
    if (there < id) low = middle + 1
    else high = middle - 1
  }
  return -1
}
