import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { parse } from 'yaml'
import type { UserAgentRules } from '../domain/user-agent/rules.js'

/** uap-core's rules, as its package has them. */
export function uapCoreRules(): UserAgentRules {
  // The file is the package's own and of a pinned version: its form is as documented.
  return parse(readFileSync(createRequire(import.meta.url).resolve('uap-core/regexes.yaml'), 'utf8')) as UserAgentRules
}
