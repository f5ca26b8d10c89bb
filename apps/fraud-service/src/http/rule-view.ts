import type { FraudRule, RuleVersion } from '@swipestream/contracts'
import { z } from 'zod'
import { historyOf } from '../domain/rule-set/changes.js'

const instant = (description: string) => z.iso.datetime().meta({ description, example: '2026-03-02T09:30:00.000Z', pattern: undefined })

export const modes = ['live', 'shadow', 'off'] as const

const tableView = z.object({
  name: z.string().meta({ description: 'The texts know it as `rule.<name>`.', example: 'limit' }),
  by: z.string().meta({ description: 'The feature whose word is looked up.', example: 'tx.currency' }),
  values: z.record(z.string(), z.number()).meta({ example: { EUR: 1000, JPY: 160_000 } }),
  default: z.number().meta({ description: 'For a word that is not in `values`.', example: 1000 }),
  unit: z.string().nullable().meta({ description: 'Unit of the numbers, or the feature that holds it.', example: 'tx.currency' }),
})

const written = {
  expression: z.string().meta({ description: 'CEL over the features and the tables: whether the rule fires.', example: 'tx.amount > rule.limit' }),
  tables: z.array(tableView).meta({ description: 'Numbers of its own, by a word.', example: [] }),
  weight: z.int().min(1).max(1000).meta({ description: 'Points it adds to the score when it fires.', example: 600 }),
  reason: z.string().meta({ description: 'Why it fired, with `{feature}` where values go.', example: 'The amount {tx.amount} is above the limit.' }),
  severity: z.enum(['info', 'warning', 'critical']).meta({ description: 'How urgent an alert is that it alone would raise.', example: 'warning' }),
  mode: z.enum(modes).meta({ description: '`live` counts; `shadow` is evaluated and reported, and changes nothing; `off` is kept.', example: 'shadow' }),
  owner: z.string().meta({ description: 'The person or team to ask.', example: 'fraud-analytics' }),
  comment: z.string().meta({ description: 'Why it is as it is, or was changed.', example: 'Too many false alarms below.' }),
}

const versioned = {
  version: z.int().min(1).meta({ description: 'From 1; never used again.', example: 3 }),
  ...written,
  created_at: instant('When this version was made, UTC.'),
  created_by: z.string().meta({ description: 'Who made it: the client of the key, or who gave the command.', example: 'risk-desk' }),
}

const ruleId = z.string().meta({ description: 'snake_case, 1 to 64 characters.', example: 'large_amount' })

/** A rule as it stands. */
export const ruleView = z.object({
  rule_id: ruleId,
  ...versioned,
  broken: z.string().nullable().meta({ description: 'Why this release cannot evaluate it, so that it fails for every transaction; null when it can.', example: null }),
})
export type RuleView = z.output<typeof ruleView>

const unreadableView = z.object({
  rule_id: ruleId,
  because: z.string().meta({ description: 'Why its record cannot be read.', example: 'unknown schema id 77' }),
})

export const rulesView = z.object({
  rules: z.array(ruleView).meta({ description: 'By id.', example: [] }),
  unreadable: z.array(unreadableView).meta({ description: 'Rules whose records cannot be read, whatever the mode asked for: each fails for every transaction until it is put again.', example: [] }),
})
export type RulesView = z.output<typeof rulesView>

export const versionView = z.object(versioned)

export const historyView = z.object({
  rule_id: ruleId,
  versions: z.array(versionView).meta({ description: 'Newest first: what stands, and up to 20 before it.', example: [] }),
})

/** What a draft is, for the API's description; `draftOf` checks it, and says more. */
export const draftBody = z.object({
  ...written,
  tables: written.tables.optional(),
  comment: written.comment.optional(),
})

/** @param broken why it cannot be evaluated */
export function viewOf({ earlier: _, created_at, ...rule }: FraudRule, broken: string | undefined): RuleView {
  return { ...rule, created_at: new Date(created_at).toISOString(), broken: broken ?? null }
}

export function historyViewOf(rule: FraudRule): z.output<typeof historyView> {
  return { rule_id: rule.rule_id, versions: historyOf(rule).map(versionViewOf) }
}

function versionViewOf({ created_at, ...version }: RuleVersion): z.output<typeof versionView> {
  return { ...version, created_at: new Date(created_at).toISOString() }
}
