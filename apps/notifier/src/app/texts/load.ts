import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { toError } from '@swipestream/platform'
import type { Texts } from '../../domain/to-tell.js'
import { type Catalogue, fallbackLanguage, readCatalogue } from './catalogue.js'
import { exampleAddressee, exampleCode, examples, exampleUrl } from './examples.js'
import { TemplateInvalid } from './invalid.js'
import { languageOf } from './language.js'
import { bodyFiles } from './layouts.js'
import { RenderedTexts } from './rendered.js'
import { compileTemplates } from './template-set.js'

/** The texts that come with this service: beside `src`, and beside `dist`. */
export const shippedDirectory = fileURLToPath(new URL('../../../templates', import.meta.url))

/** Whether a file of the directory is one of the texts. */
export function isText(file: string): boolean {
  return !file.startsWith('.') && /\.(json|hbs)$/.test(file)
}

/**
 * Reads a directory of texts, and tries all of it: every kind of message, in every language, for every channel.
 *
 * @throws TemplateInvalid
 */
export function loadTexts(directory: string): RenderedTexts {
  try {
    const files = read(directory)
    const catalogues = [...files].filter(([file]) => file.endsWith('.json')).map(([file, text]) => readCatalogue(file, text))
    const english = catalogues.find(({ language }) => language === fallbackLanguage)
    if (english === undefined) throw new TemplateInvalid({ file: `${fallbackLanguage}.json` }, 'is missing: English is what is said where a language says nothing')
    const [missing] = english.missing()
    if (missing !== undefined) throw new TemplateInvalid({ file: english.file, key: missing }, 'is missing: add it, as other languages have it from here')
    const templates = Object.fromEntries([...files].filter(([file]) => file.endsWith('.hbs')))
    const absent = bodyFiles.find((file) => templates[file] === undefined)
    if (absent !== undefined) throw new TemplateInvalid({ file: absent }, 'is missing: copy the one that is shipped')
    const compiled = compileTemplates(templates)
    const texts = new RenderedTexts(new Map(catalogues.map((catalogue) => [catalogue.language, languageOf(catalogue.words(english), compiled)])))
    for (const catalogue of catalogues) tryAll(texts, catalogue)
    return texts
  } catch (error) {
    throw error instanceof TemplateInvalid ? error.within(directory) : error
  }
}

function read(directory: string): Map<string, string> {
  try {
    const names = readdirSync(directory).filter(isText).sort()
    return new Map(names.map((name) => [name, readFileSync(join(directory, name), 'utf8')]))
  } catch (error) {
    throw new TemplateInvalid({ file: '' }, `cannot be read (${toError(error).message}): TEMPLATES_DIR must name a directory of texts`)
  }
}

/** As a name from outside may be: what escapes it must show it, and must not be it. */
const markup = '<i title="x">Ben & Co\'s</i>'

/** @throws TemplateInvalid */
function tryAll(texts: Texts, { file, language }: Catalogue): void {
  const told = examples({ alert: { merchant_name: markup }, ops: { summary: markup } })
  const nameless = examples({ alert: { merchant_name: null, country: null } })
  const known = exampleAddressee(language, { given_name: markup })
  const unknown = exampleAddressee(language, { given_name: null, time_zone: null })
  for (const [list, to] of [[told, known], [nameless, unknown]] as const) {
    for (const { name, what } of list) {
      try {
        const { kind } = what
        const { subject, text, html } = texts.email(what, to)
        if (html.includes('<i title')) throw new TemplateInvalid({ file: `${kind}.html.hbs` }, 'lets markup from outside through: only frame.html.hbs may say {{{body}}}')
        const isAsked = what.kind === 'alert' ? what.question !== null : what.kind === 'digest' && what.alerts.some(({ question }) => question !== null)
        for (const [part, content] of [['html', html], ['txt', text]] as const) {
          if (isAsked && !content.includes(exampleUrl)) throw new TemplateInvalid({ file: `${kind}.${part}.hbs` }, 'does not show the link to the question: it is in url, or in the url of each item')
        }
        const sms = texts.sms(what, to)
        if (what.kind === 'alert' && what.question?.code === exampleCode && !sms.includes(exampleCode)) throw new TemplateInvalid({ file, key: 'sms.ask' }, 'does not show {code}: without it the answer cannot be understood')
        const { title, body } = texts.inbox(what, to)
        if ([subject, title, body, sms].some((said) => said.trim() === '')) throw new TemplateInvalid({ file }, `says nothing for the example ${name}`)
      } catch (error) {
        if (error instanceof TemplateInvalid) throw error
        throw new TemplateInvalid({ file }, `cannot tell the example ${name}: ${toError(error).message}`, { cause: error })
      }
    }
  }
}
