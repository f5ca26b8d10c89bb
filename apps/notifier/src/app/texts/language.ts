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

/** The languages there are texts in. */
export interface Languages {
  /**
   * The first of these that there are texts in; English when there is none.
   *
   * @param tags BCP 47, such as `de-AT`; null when it is not known
   */
  languageOf(...tags: readonly (string | null)[]): Language
}

export function languageOf(words: Words, templates: Templates): Language {
  return { words, formats: new Formats(words.locale), layouts: new Layouts(templates, words) }
}
