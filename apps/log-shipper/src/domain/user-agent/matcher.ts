import { requiredText } from './required-text.js'

/** One rule, compiled: a name and up to four parts of a version, from the groups of the expression or given by the rule. */
export interface Matcher {
  readonly pattern: RegExp
  /** A text without which the expression cannot match; '' when none is known. In lower case when case does not matter. */
  readonly needs: string
  readonly anyCase: boolean
  readonly name: string | undefined
  readonly parts: readonly (string | undefined)[]
}

export function matcher(regex: string, flag: string | undefined, name: string | undefined, parts: readonly (string | number | undefined)[] = []): Matcher {
  const anyCase = flag === 'i'
  const needs = requiredText(regex)
  return {
    pattern: new RegExp(regex, anyCase ? 'i' : ''),
    needs: anyCase ? needs.toLowerCase() : needs,
    anyCase,
    name,
    parts: parts.map((part) => (part === undefined ? undefined : String(part))),
  }
}

export interface Found {
  readonly name: string
  /** The parts that are there, joined by dots. */
  readonly version: string | undefined
}

/** The first rule that matches and gives a name. */
export function firstMatch(matchers: readonly Matcher[], text: string, lowerCase: string): Found | undefined {
  for (const { pattern, needs, anyCase, name, parts } of matchers) {
    if (needs !== '' && !(anyCase ? lowerCase : text).includes(needs)) continue
    const groups = pattern.exec(text)
    if (groups === null) continue
    const found = name === undefined ? groups[1] : filled(name, groups)
    if (found === undefined || found === '') continue
    return { name: found, version: versionOf(groups, parts) }
  }
  return undefined
}

/**
 * As Elasticsearch's `user_agent` processor joins versions: up to the first part that is not there. A group that matched
 * nothing is there and leaves its dot (`49.0.`), so that documents of both fall into one bucket.
 */
function versionOf(groups: RegExpExecArray, parts: readonly (string | undefined)[]): string | undefined {
  let version: string | undefined
  for (let i = 0; i < 4; i++) {
    const given = parts[i]
    const part = given === undefined ? groups[i + 2] : filled(given, groups)
    if (part === undefined) break
    version = version === undefined ? part : `${version}.${part}`
  }
  return version
}

function filled(template: string, groups: RegExpExecArray): string {
  return template.includes('$') ? template.replaceAll(/\$(\d)/g, (_whole, digit: string) => groups[Number(digit)] ?? '').trim() : template
}
