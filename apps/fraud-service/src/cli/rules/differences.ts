import type { RuleVersion } from '@swipestream/contracts'
import type { RuleDraft } from '../../domain/rule-set/fraud-rule.js'

const fields = ['expression', 'tables', 'weight', 'reason', 'severity', 'mode', 'owner'] as const satisfies readonly (keyof RuleVersion & keyof RuleDraft)[]

type Said = Pick<RuleVersion, (typeof fields)[number]>

/** The fields in which two versions differ, and how, for people: texts and tables are named only. */
export function differences(before: Said, after: Said): string[] {
  return fields.flatMap((field) => {
    if (canonical(before[field]) === canonical(after[field])) return []
    const short = field === 'weight' || field === 'severity' || field === 'mode' || field === 'owner'
    return [short ? `${field} ${before[field]} → ${after[field]}` : field]
  })
}

/** Keys of maps have no order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one) ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1))) : one,
  )
}
