import { type Outcome, plain } from '@swipestream/messaging'
import type { Changed, Intent, RuleStore } from '../../app/rule-store.js'
import { differences } from './differences.js'
import type { FileFault, RuleFile } from './rule-files.js'

/** What became of a file. */
interface PutFile {
  readonly file: string
  readonly rule_id: string
  readonly version: number
  /** 0 when it was new. */
  readonly versionBefore: number
  /** `kept`: it was there, and only new ones were wanted. */
  readonly outcome: 'new' | 'changed' | 'same' | 'kept'
  readonly changed: readonly string[]
}

/** Puts the files' rules, all or none. @throws FraudRuleError FRAUD_RULE_CONFLICT; MessagingError, ContractError */
export async function put(store: RuleStore, files: readonly RuleFile[], intent: Intent, dryRun: boolean): Promise<Outcome> {
  const drafts = files.map(({ draft }) => draft)
  const changed = dryRun ? store.planPut(await store.read(), drafts, intent) : await store.put(drafts, intent)
  const rules = changed.map((one, i): PutFile => putFile(files[i]?.file ?? '', one, intent.newOnly === true))
  const written = dryRun ? 0 : rules.filter(({ outcome }) => outcome === 'new' || outcome === 'changed').length
  const ends = dryRun ? 'nothing was written: this was a dry run' : `${written} of ${rules.length} written`
  return { lines: [...rules.map((rule) => lineOf(rule, dryRun)), ends], json: { dryRun, by: intent.by, written, rules, broken: [] } }
}

/** What is wrong with files; nothing was written. */
export function refused(faults: readonly FileFault[], dryRun: boolean): Outcome {
  const files = new Set(faults.map(({ file }) => file)).size
  const ends = `nothing was written: ${files} file(s) must be mended first`
  return { lines: [...faults.map(({ message }) => plain(message)), ends], json: { dryRun, written: 0, rules: [], broken: faults } }
}

/** @throws FraudRuleError, MessagingError, ContractError */
export async function promote(store: RuleStore, ruleId: string, intent: Intent & { readonly comment: string }): Promise<Outcome> {
  const { rule, before } = await store.promote(ruleId, intent)
  return changedOutcome(`${ruleId} is ${rule.mode} as version ${rule.version}, was ${before?.mode}`, { rule, before })
}

/** @throws FraudRuleError, MessagingError, ContractError */
export async function rollBack(store: RuleStore, ruleId: string, toVersion: number, intent: Intent & { readonly comment: string }): Promise<Outcome> {
  const changed = await store.rollBack(ruleId, toVersion, intent)
  const { rule, before } = changed
  const same = rule === before
  return changedOutcome(same ? `${ruleId} says already what version ${toVersion} says: nothing was written` : `${ruleId} is again as in version ${toVersion}, as version ${rule.version}`, changed)
}

function putFile(file: string, { rule, before }: Changed, newOnly: boolean): PutFile {
  const stayed = newOnly ? 'kept' : 'same'
  const outcome = before === undefined ? 'new' : rule === before ? stayed : 'changed'
  return {
    file, rule_id: rule.rule_id, version: rule.version, versionBefore: before?.version ?? 0, outcome,
    changed: before === undefined || rule === before ? [] : differences(before, rule),
  }
}

function lineOf({ rule_id, version, outcome, changed }: PutFile, dryRun: boolean): string {
  const would = dryRun ? 'would be ' : ''
  switch (outcome) {
    case 'new': return `new      ${rule_id}: ${would}version 1`
    case 'changed': return `changed  ${rule_id}: ${would}version ${version} (${plain(changed.join(', ')) || 'the same words: what stood there could not be read'})`
    case 'same': return `same     ${rule_id}: stays version ${version}`
    case 'kept': return `kept     ${rule_id}: stays version ${version}`
  }
}

function changedOutcome(line: string, { rule, before }: Changed): Outcome {
  const { earlier: _, ...now } = rule
  return { lines: [line], json: { rule: now, versionBefore: before?.version ?? 0, changed: rule !== before, broken: [] } }
}
