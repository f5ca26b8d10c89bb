import { loadTexts, shippedDirectory } from './load.js'

/** The shipped texts, read once for a test file. */
export const shippedTexts = loadTexts(shippedDirectory)

export const shippedLanguages = [...shippedTexts.languages.keys()]
