import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FraudRule } from '@swipestream/contracts'
import { putRule } from '../domain/rule-set/changes.js'
import { ruleLanguage } from './rule-language.js'

const directory = join(import.meta.dirname, '../../../../deploy/rules')

/** Files of the rules that are shipped, in the order of their names. */
export const shippedFiles: readonly string[] = readdirSync(directory).sort()

/** The rules that are shipped, each as its first version. */
export function shippedRules(): FraudRule[] {
  return shippedFiles.map((file) => putRule(undefined, JSON.parse(readFileSync(join(directory, file), 'utf8')), ruleLanguage, { expectedVersion: 0, at: 0, by: 'test' }))
}
