import type { Words } from './catalogue.js'
import { Formats } from './formats.js'
import { Layouts } from './layouts.js'

/** All that is needed to tell somebody something in one language. */
export interface Language {
  readonly words: Words
  readonly formats: Formats
  readonly layouts: Layouts
}

/** @param templates Liquid, by file name */
export function languageOf(words: Words, templates: Readonly<Record<string, string>>): Language {
  return { words, formats: new Formats(words.locale), layouts: new Layouts(templates, words) }
}
