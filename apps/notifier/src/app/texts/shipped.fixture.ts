import type { Language } from './language.js'
import { loadTexts, shippedDirectory } from './load.js'

/** The shipped texts, read once for a test file. */
export const shippedTexts = loadTexts(shippedDirectory)

export const shippedLanguages = [...shippedTexts.languages.keys()]

export function languageNamed(code: string): Language {
  const language = shippedTexts.languages.get(code)
  if (language === undefined) throw new Error(`no language ${code} is shipped`)
  return language
}
