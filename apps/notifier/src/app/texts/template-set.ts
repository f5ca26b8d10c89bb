import Handlebars from 'handlebars'
import { toError } from '@swipestream/platform'
import type { Words } from './catalogue.js'
import { TemplateInvalid } from './invalid.js'
import { isPhraseKey, type PhraseValues } from './phrases.js'

export const parts = ['html', 'txt'] as const
export type Part = (typeof parts)[number]

type Template = ReturnType<typeof Handlebars.compile>

/** Options of a helper's call: `data` is what `render` gave, and `loc` where the call stands, which the types do not know. */
type Call = Handlebars.HelperOptions & { readonly data: { readonly words: Words }; readonly loc?: { readonly start: { readonly line: number } } }

/** Handlebars templates of one part of an e-mail, compiled, for all languages. They use each other by their names: `{{> facts}}`. */
export class TemplateSet {
  readonly #templates = new Map<string, Template>()

  /**
   * @param templates by file name; those of the other part are left out
   * @throws TemplateInvalid
   */
  constructor(part: Part, templates: Readonly<Record<string, string>>) {
    const handlebars = Handlebars.create()
    handlebars.registerHelper('is', (value: unknown, other: unknown) => value === other)
    handlebars.registerHelper('say', (key: unknown, ...rest: unknown[]) => {
      const { data, loc } = rest.at(-1) as Call
      const values = rest.length > 1 ? rest[0] : {}
      try {
        if (typeof key !== 'string' || !isPhraseKey(key)) throw new Error(`there is no phrase ${String(key)}`)
        return data.words.say(key, values as PhraseValues)
      } catch (error) {
        throw new AtLine(toError(error).message, loc?.start.line)
      }
    })
    const suffix = `.${part}.hbs`
    const options = { strict: true, knownHelpersOnly: true, knownHelpers: { say: true, is: true }, noEscape: part === 'txt', preventIndent: true }
    const names = Object.keys(templates).filter((file) => file.endsWith(suffix)).map((file) => file.slice(0, -suffix.length))
    for (const name of names) {
      const file = `${name}${suffix}`
      const tree = parsed(file, templates[file] ?? '')
      new Rules(file, names, part).accept(tree)
      const template = placed(file, handlebars.compile(tree, options))
      this.#templates.set(name, template)
      handlebars.registerPartial(name, template)
    }
  }

  /**
   * @param words what `say` says
   * @throws TemplateInvalid
   */
  render(name: string, content: object, words: Words): string {
    const template = this.#templates.get(name)
    if (template === undefined) throw new Error(`there is no template ${name}`)
    return template(content, { data: { words } })
  }
}

/** What went wrong, and in which line. */
class AtLine extends Error {
  constructor(
    message: string,
    readonly lineNumber: number | undefined,
  ) {
    super(message)
  }
}

/** What parsing does not see, and rendering would see only when a message needs it. */
class Rules extends Handlebars.Visitor {
  constructor(
    readonly file: string,
    readonly names: readonly string[],
    readonly part: Part,
  ) {
    super()
  }

  override PartialStatement(partial: hbs.AST.PartialStatement): void {
    const { original: name } = partial.name as hbs.AST.PathExpression
    if (!this.names.includes(name)) this.#refuse(partial, `there is no template ${name}.${this.part}.hbs`)
    super.PartialStatement(partial)
  }

  override MustacheStatement(mustache: hbs.AST.MustacheStatement): void {
    const { original: name } = mustache.path as hbs.AST.PathExpression
    if (this.part === 'html' && !mustache.escaped && !(this.file === 'frame.html.hbs' && name === 'body')) {
      this.#refuse(mustache, `{{{${name}}}} lets markup from outside through: only frame.html.hbs may say it, of body alone`)
    }
    super.MustacheStatement(mustache)
  }

  #refuse({ loc }: hbs.AST.Node, problem: string): never {
    throw new TemplateInvalid({ file: this.file, line: loc.start.line }, problem)
  }
}

function parsed(file: string, text: string): hbs.AST.Program {
  try {
    return Handlebars.parse(text)
  } catch (error) {
    throw invalid(file, error)
  }
}

/** A template whose failures name it. */
function placed(file: string, template: Template): Template {
  return (content, options) => {
    try {
      return template(content, options)
    } catch (error) {
      // Of a template used by this one: it is named already.
      throw error instanceof TemplateInvalid ? error : invalid(file, error)
    }
  }
}

function invalid(file: string, error: unknown): TemplateInvalid {
  const { message } = toError(error)
  const { lineNumber } = error as Partial<AtLine>
  const line = lineNumber ?? /^Parse error on line (\d+)/.exec(message)?.[1]
  const what = message.replace(/ - \d+:\d+$/, '').replace(/ in \[object Object\]$/, '').split('\n').filter((part) => !/^-*\^/.test(part)).join(' ')
  return new TemplateInvalid({ file, line: line === undefined ? undefined : Number(line) }, `${what}: docs/messages.md tells what templates may use`)
}

/** The templates of both parts. */
export type Templates = Readonly<Record<Part, TemplateSet>>

/**
 * @param templates Handlebars, by file name
 * @throws TemplateInvalid
 */
export function compileTemplates(templates: Readonly<Record<string, string>>): Templates {
  return { html: new TemplateSet('html', templates), txt: new TemplateSet('txt', templates) }
}
