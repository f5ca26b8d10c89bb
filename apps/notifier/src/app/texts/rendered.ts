import type { Addressee, EmailText, InboxText, Texts, ToTell } from '../../domain/to-tell.js'
import { fallbackLanguage } from './catalogue.js'
import { contentOf } from './content.js'
import type { Language, Languages } from './language.js'
import { smsOf } from './sms.js'

/** The texts of one state of the files. */
export class RenderedTexts implements Texts, Languages {
  /** @param languages by their BCP 47 code of two or three letters; English among them */
  constructor(readonly languages: ReadonlyMap<string, Language>) {}

  email(what: ToTell, to: Addressee): EmailText {
    const language = this.#languageOf(what, to)
    const content = contentOf(what, to, language)
    return { subject: content.subject, text: language.layouts.text(what.kind, content), html: language.layouts.html(what.kind, content) }
  }

  sms(what: ToTell, to: Addressee): string {
    return smsOf(what, to, this.#languageOf(what, to))
  }

  /** Without links and greeting: the app asks and answers by itself. */
  inbox(what: ToTell, to: Addressee): InboxText {
    const language = this.#languageOf(what, to)
    const content = contentOf(what, to, language)
    const items = content.items.map((item) => ({ ...item, url: '' }))
    return { title: content.subject, body: language.layouts.body(what.kind, { ...content, items, url: '' }) }
  }

  languageOf(...tags: readonly (string | null)[]): Language {
    const codes = tags.map((tag) => /^[a-z]+/i.exec(tag ?? '')?.[0].toLowerCase() ?? '')
    const found = [...codes, fallbackLanguage].map((code) => this.languages.get(code)).find((language) => language !== undefined)
    if (found === undefined) throw new Error('there are no English texts')
    return found
  }

  /** What goes to the bank's own people is English. */
  #languageOf({ kind }: ToTell, { language }: Addressee): Language {
    return this.languageOf(kind === 'ops' || kind === 'no_contact' ? fallbackLanguage : language)
  }
}
