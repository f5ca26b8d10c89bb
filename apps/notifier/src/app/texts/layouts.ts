import { Liquid, LiquidError } from 'liquidjs'
import type { ToTell } from '../../domain/to-tell.js'
import type { Words } from './catalogue.js'
import { TemplateInvalid } from './invalid.js'
import { isPhraseKey, type PhraseValues } from './phrases.js'

/** One line of what is told of a payment, or of an alert to the people on call. */
export interface Fact {
  readonly label: string
  /** The label as the text part has it: with its colon, as long as the longest. */
  readonly aligned: string
  readonly value: string
}

/** What the templates are filled with: the same names for each kind, empty where the kind has no such thing. */
export interface Content {
  /** BCP 47. */
  readonly language: string
  readonly subject: string
  /** What a mailbox shows beside the subject. */
  readonly preheader: string
  readonly forCustomer: boolean
  /** Values of the greeting. */
  readonly to: PhraseValues
  /** Values of the kind's phrases. */
  readonly it: PhraseValues
  readonly facts: readonly Fact[]
  /** The page with the question; empty when nothing is asked. */
  readonly url: string
  readonly items: readonly Item[]
}

/** One of several. */
export interface Item {
  readonly it: PhraseValues
  /** Why, of a payment. */
  readonly reasons: string
  readonly url: string
}

const kinds = ['alert', 'digest', 'confirmation', 'no_contact', 'ops'] as const satisfies readonly ToTell['kind'][]
const parts = ['html', 'txt'] as const
type Part = (typeof parts)[number]

/** What a directory of texts must have, beside its catalogues. */
export const bodyFiles = parts.flatMap((part) => ['frame', ...kinds].map((name) => `${name}.${part}.liquid`))

/** The Liquid templates, for one language. Values are escaped in `.html.liquid`, and are single lines everywhere. */
export class Layouts {
  readonly #engines: Readonly<Record<Part, Liquid>>

  /** @param templates by file name */
  constructor(templates: Readonly<Record<string, string>>, words: Words) {
    const engine = (part: Part): Liquid => {
      const escape = part === 'html' ? { outputEscape: 'escape' as const } : {}
      // Only the templates that were read and checked: nothing is looked up in the file system.
      const liquid = new Liquid({ templates: { ...templates }, cache: true, strictFilters: true, strictVariables: true, ownPropertyOnly: true, ...escape })
      liquid.registerFilter('say', (key: unknown, values: unknown = {}) => {
        if (typeof key !== 'string' || !isPhraseKey(key)) throw new Error(`there is no phrase ${String(key)}`)
        return words.say(key, values as PhraseValues)
      })
      return liquid
    }
    this.#engines = { html: engine('html'), txt: engine('txt') }
  }

  /** A whole document. @throws TemplateInvalid */
  html(kind: ToTell['kind'], content: Content): string {
    const body = this.#render(kind, 'html', content)
    return this.#render('frame', 'html', { ...content, body })
  }

  /** The same as plain text. @throws TemplateInvalid */
  text(kind: ToTell['kind'], content: Content): string {
    return `${tidy(this.#render('frame', 'txt', { ...content, body: this.body(kind, content) }))}\n`
  }

  /** Plain text without what is around it. @throws TemplateInvalid */
  body(kind: ToTell['kind'], content: Content): string {
    return tidy(this.#render(kind, 'txt', content))
  }

  #render(name: ToTell['kind'] | 'frame', part: Part, content: object): string {
    const file = `${name}.${part}.liquid`
    try {
      return String(this.#engines[part].renderFileSync(file, content))
    } catch (error) {
      throw invalid(file, error)
    }
  }
}

/** Templates may have blank lines wherever they read well: those that no value fills leave one paragraph's end. */
function tidy(text: string): string {
  return text.replaceAll(/[ \t]+$/gm, '').replaceAll(/\n{3,}/g, '\n\n').trim()
}

function invalid(file: string, error: unknown): TemplateInvalid {
  if (!LiquidError.is(error)) throw error
  const [, shown = file] = /, file:(\S+?)(?=,|$)/.exec(error.message) ?? []
  const line = /, line:(\d+)/.exec(error.message)?.[1]
  const what = error.message.replace(/, (file|line):.*$/s, '')
  return new TemplateInvalid({ file: shown, line: line === undefined ? undefined : Number(line) }, `${what}: docs/messages.md tells what templates may use`)
}
