import { ruleFeatures } from '../domain/features/catalogue.js'
import { languageOf } from '../domain/rule-language/language.js'

/** What rules may say. Made once: it holds the type checker. */
export const ruleLanguage = languageOf(ruleFeatures)

export { ruleFeatures }
