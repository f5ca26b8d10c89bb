import { toError } from '@swipestream/platform'
import { IntlMessageFormat } from 'intl-messageformat'
import { type PhraseKey, type PhraseValues, placeholdersOf } from './phrases.js'

type Element = ReturnType<IntlMessageFormat['getAst']>[number]

/** Kinds of elements, as the parser numbers them: its own names are not exported where it is used. */
const LITERAL = 0
const ARGUMENT = 1
const NUMBER = 2
const SELECT = 5
const PLURAL = 6
const POUND = 7

/** One phrase in one language, ready to be said. */
export class CompiledPhrase {
  /** The words of the file itself, of every branch. */
  readonly literals: readonly string[]
  readonly #format: IntlMessageFormat
  /** What it says when it has no placeholder. */
  readonly #constant: string | undefined

  /**
   * @param locale BCP 47: how numbers and plurals are written
   * @throws Error that says what is wrong with the phrase, and what to write instead
   */
  constructor(key: PhraseKey, text: string, locale: string) {
    try {
      // No tags: an apostrophe, a `<` and a `>` are themselves.
      this.#format = new IntlMessageFormat(text, locale, undefined, { ignoreTag: true })
    } catch (error) {
      throw new Error(`is no ICU MessageFormat (${toError(error).message}): close each { with a }, and give every plural and select an "other"`, { cause: error })
    }
    const literals: string[] = []
    const elements = this.#format.getAst()
    check(elements, key, literals)
    this.#constant = elements.every(({ type }) => Number(type) === LITERAL) ? literals.join('') : undefined
    this.literals = literals
  }

  /** @throws Error when a placeholder has no value */
  say(values: PhraseValues): string {
    return this.#constant ?? String(this.#format.format(values))
  }
}

function check(elements: readonly Element[], key: PhraseKey, literals: string[]): void {
  const { words, numbers } = placeholdersOf(key)
  for (const element of elements) {
    const type: number = element.type
    if (type === LITERAL && 'value' in element) literals.push(element.value)
    if (type === LITERAL || type === POUND || !('value' in element)) continue
    const name = element.value
    const isNumber = numbers.includes(name)
    if (!isNumber && !words.includes(name)) {
      const known = [...words, ...numbers].map((placeholder) => `{${placeholder}}`).join(', ')
      throw new Error(`has no placeholder {${name}}: ${known === '' ? 'take it out, this text has none' : `use ${known}`}`)
    }
    if (type !== ARGUMENT && type !== SELECT && type !== PLURAL && type !== NUMBER) throw new Error(`cannot format {${name}} as a date or a time: write {${name}} alone, it is a text already`)
    if ((type === PLURAL || type === NUMBER) && !isNumber) throw new Error(`cannot count {${name}}, which is a text: write {${name}} alone, or with select`)
    if ('options' in element) for (const { value } of Object.values(element.options)) check(value, key, literals)
  }
}
