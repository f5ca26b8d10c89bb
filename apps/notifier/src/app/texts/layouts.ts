import Handlebars from 'handlebars'
import { escapeHtml } from '../../domain/plain-text.js'
import type { ToTell } from '../../domain/to-tell.js'
import type { Words } from './catalogue.js'
import type { PhraseValues } from './phrases.js'
import { parts, type Templates } from './template-set.js'

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

/** What a directory of texts must have, beside its catalogues. */
export const bodyFiles = parts.flatMap((part) => ['frame', ...kinds].map((name) => `${name}.${part}.hbs`))

/** The templates, for one language. Values are escaped in `.html.hbs`, and are single lines everywhere. */
export class Layouts {
  constructor(
    readonly templates: Templates,
    readonly words: Words,
  ) {}

  /** A whole document. @throws TemplateInvalid */
  html(kind: ToTell['kind'], content: Content): string {
    const linked = { ...content, url: link(content.url), items: content.items.map((item) => ({ ...item, url: link(item.url) })) }
    const body = this.templates.html.render(kind, linked, this.words)
    return this.templates.html.render('frame', { ...linked, body }, this.words)
  }

  /** The same as plain text. @throws TemplateInvalid */
  text(kind: ToTell['kind'], content: Content): string {
    return `${tidy(this.templates.txt.render('frame', { ...content, body: this.body(kind, content) }, this.words))}\n`
  }

  /** Plain text without what is around it. @throws TemplateInvalid */
  body(kind: ToTell['kind'], content: Content): string {
    return tidy(this.templates.txt.render(kind, content, this.words))
  }
}

/** Escaped here: Handlebars escapes `=` too, and a link is then not found by who looks for one in the source. */
function link(url: string): Handlebars.SafeString | '' {
  return url === '' ? '' : new Handlebars.SafeString(escapeHtml(url))
}

/** Templates may have blank lines wherever they read well: those that no value fills leave one paragraph's end. */
function tidy(text: string): string {
  return text.replaceAll(/[ \t]+$/gm, '').replaceAll(/\n{3,}/g, '\n\n').trim()
}
