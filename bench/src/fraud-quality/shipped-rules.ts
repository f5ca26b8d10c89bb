import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { putRule, ruleLanguage, type RuleSet, ruleSetOf } from '@swipestream/fraud-service/engine'

const directory = join(import.meta.dirname, '../../../deploy/rules')

/** The rules of deploy/rules, as a deployment puts them. */
export function shippedRules(): RuleSet {
  const files = readdirSync(directory).filter((file) => file.endsWith('.json')).sort()
  const read = (file: string): unknown => JSON.parse(readFileSync(join(directory, file), 'utf8'))
  return ruleSetOf(ruleLanguage, files.map((file) => putRule(undefined, read(file) as Parameters<typeof putRule>[1], ruleLanguage, { expectedVersion: 0, at: 0, by: 'bench' })))
}
