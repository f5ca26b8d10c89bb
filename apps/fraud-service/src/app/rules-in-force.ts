import { Inject, Injectable } from '@nestjs/common'
import { type FraudRule, fraudRules } from '@swipestream/contracts'
import { Tables, type TableView } from '@swipestream/messaging'
import { CodedError, gauge, LOGGER, type Logger, Readiness } from '@swipestream/platform'
import { type RuleSet, type SetRule, ruleSetOf, Unreadable, withRules } from '../domain/rule-set/rule-set.js'
import { ruleLanguage } from './rule-language.js'

/** Name of the readiness component. */
const component = 'rules'

const missing = 'there is no live rule, and without one nothing is decided: npm run rules -- put deploy/rules'

/**
 * The rules as they stand on `fraud_rules`, compiled once a change, some milliseconds after it was made anywhere. A rule
 * that cannot be read or compiled is among them as broken: it fails for every transaction.
 */
@Injectable()
export class RulesInForce {
  readonly #table: TableView<FraudRule>
  readonly #logger: Logger
  readonly #readiness: Readiness
  readonly #byMode = gauge({ name: 'fraud_rules', help: 'Rules that can be read, by mode', labels: ['mode'] })
  readonly #broken = gauge({ name: 'fraud_rules_broken', help: 'Live and shadow rules that cannot be read or compiled: live ones, and those nobody can read, send every transaction to review' })
  #set: RuleSet = ruleSetOf(ruleLanguage)

  constructor(@Inject(Tables) tables: Tables, @Inject(LOGGER) logger: Logger, @Inject(Readiness) readiness: Readiness) {
    this.#table = tables.of(fraudRules)
    this.#logger = logger
    this.#readiness = readiness
    this.#tell()
    tables.onChange(fraudRules, (ids) => this.#take(ids))
  }

  /**
   * Those to judge by; transactions that are judged in one call see one set.
   *
   * @throws CodedError FRAUD_RULES_MISSING (transient) while no rule is live: with none, everything would be approved
   */
  current(): RuleSet {
    if (this.#set.live.length === 0) throw new CodedError('FRAUD_RULES_MISSING', 'transient', missing)
    return this.#set
  }

  /** Every rule that can be read, those that are off included, by id. */
  get records(): ReadonlyMap<string, FraudRule> {
    return this.#set.records
  }

  /** Why rules cannot be read, by id. They count as live: nobody knows what they are. */
  get unreadable(): ReadonlyMap<string, Unreadable> {
    return this.#set.unreadable
  }

  /** Why a rule cannot be evaluated; undefined when it can, or is off. */
  brokenBecause(ruleId: string): string | undefined {
    return this.#compiled().find(({ rule }) => rule.rule_id === ruleId)?.broken?.message
  }

  #take(ids: readonly string[]): void {
    const before = new Set(this.#brokenRules())
    // What is there no more without a word of it went with a topic that was made anew.
    const gone = [...this.#set.records.keys(), ...this.#set.unreadable.keys()].filter((id) => this.#read(id) === undefined)
    this.#set = withRules(this.#set, [...ids, ...gone].map((id) => [id, this.#read(id)] as const))
    for (const broken of this.#brokenRules()) if (!before.has(broken)) this.#logBroken(broken)
    this.#tell()
  }

  #read(id: string): FraudRule | Unreadable | undefined {
    const because = this.#table.unreadableBecause(id)
    if (because === undefined) return this.#table.get(id)
    return new Unreadable(because instanceof Error ? because : new Error(String(because)))
  }

  #tell(): void {
    for (const mode of ['live', 'shadow', 'off'] as const) {
      this.#byMode.set({ mode }, [...this.#set.records.values()].filter((rule) => rule.mode === mode).length)
    }
    this.#broken.set(this.#brokenRules().length)
    const anyLive = this.#set.live.length > 0
    this.#readiness.report(component, anyLive ? 'up' : 'down', anyLive ? undefined : missing)
  }

  #logBroken({ rule: { rule_id, version, mode }, broken }: SetRule): void {
    const cannot = this.#set.unreadable.has(rule_id) ? 'cannot be read, and counts as live' : 'cannot be compiled by this release'
    const what = mode === 'live' ? 'every transaction goes to review' : 'it is in shadow, and changes nothing'
    this.#logger.error({ err: broken, rule_id, version, mode }, `the rule ${rule_id} ${cannot}: ${what}`)
  }

  #brokenRules(): SetRule[] {
    return this.#compiled().filter(({ broken }) => broken !== undefined)
  }

  #compiled(): readonly SetRule[] {
    return [...this.#set.live, ...this.#set.shadow]
  }
}
