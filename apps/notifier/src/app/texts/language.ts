import type { Words } from './catalogue.js'
import { Formats } from './formats.js'
import { Layouts } from './layouts.js'
import type { Templates } from './template-set.js'

/** All that is needed to tell somebody something in one language. */
export interface Language {
  readonly words: Words
  readonly formats: Formats
  readonly layouts: Layouts
}

export function languageOf(words: Words, templates: Templates): Language {
  return { words, formats: new Formats(words.locale), layouts: new Layouts(templates, words) }
}
