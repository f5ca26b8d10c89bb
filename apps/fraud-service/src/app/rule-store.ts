import { setTimeout as delay } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { type FraudRule, fraudRules } from '@swipestream/contracts'
import type { Connection, EventWriter } from '@swipestream/messaging'
import { FraudRuleError } from '../domain/rule-language/errors.js'
import type { Language } from '../domain/rule-language/language.js'
import { historyOf, promoteRule, putRule, rollBackRule } from '../domain/rule-set/changes.js'

/** The part of a connection that rules are read and written by. */
export type RulesConnection = Pick<Connection, 'held' | 'writer' | 'close'>

/** The rules that stand there, by id. */
export type Rules = ReadonlyMap<string, FraudRule>

/** Who changes rules, and what they think stands there. */
export interface Intent {
  readonly by: string
  /** The rule's version before the change, 0 for a rule that is to be new; undefined: whichever it has. */
  readonly expectedVersion?: number | undefined
  /** Of `put`: rules that are there already, and can be read, stay as they are. */
  readonly newOnly?: boolean | undefined
}

/** What became of one rule. */
export interface Changed {
  readonly rule: FraudRule
  /** Undefined for a rule that is new; the same as `rule` when the draft says what stands there already. */
  readonly before: FraudRule | undefined
}

/** What stands on the topic. */
interface Standing {
  /** The rules; in place of those that cannot be read, what stood there before them. */
  readonly rules: Rules
  /** Why rules cannot be read, by id. */
  readonly unreadable: ReadonlyMap<string, Error>
}

type Edit = (standing: Standing) => readonly Changed[]

const nothingUnreadable: Standing['unreadable'] = new Map()

const transactionalId = 'fraud-service-rules'
/** How often a change is begun when others come between. */
const tries = 8
const firstPauseMs = 50
/** A transaction is seen some milliseconds after it was committed; whoever reads next is to see it. */
const seeingPatienceMs = 5_000

/**
 * Changes the rules on `fraud_rules`, each change in a critical section over all instances and commands: it takes over
 * one transactional id, which ends whoever else was changing, reads what stands there, and writes the next versions in
 * one transaction. What was overtaken does it again from what stands there then, so that no change is lost and no
 * number of a version is given twice.
 *
 * A record that cannot be read is replaced like any other: by the version after the one that stood there before it.
 */
export class RuleStore {
  readonly #connect: () => Promise<RulesConnection>
  readonly #language: Language
  readonly #now: () => number
  /** Changes of one process go one after the other: they would only fence each other. */
  #last: Promise<unknown> = Promise.resolve()

  /**
   * @param connect to the cluster, with `fraud_rules` among the topics written; closed after each change, of which there are few
   * @param now milliseconds since the Unix epoch
   */
  constructor(connect: () => Promise<RulesConnection>, language: Language, now: () => number = Date.now) {
    this.#connect = connect
    this.#language = language
    this.#now = now
  }

  /** What stands there now. @throws FraudRuleError FRAUD_RULE_UNREADABLE, which says how to mend it; MessagingError, ContractError */
  async read(): Promise<Rules> {
    const connection = await this.#connect()
    try {
      const { rules, unreadable } = await standingOn(connection)
      if (unreadable.size > 0) throw new FraudRuleError('FRAUD_RULE_UNREADABLE', Array.from(unreadable, ([id, error]) => mendingOf(id, error, rules.get(id))).join('\n'))
      return rules
    } finally {
      await connection.close()
    }
  }

  /**
   * Makes each draft the newest version of its rule: all of them or none.
   *
   * @throws FraudRuleError FRAUD_RULE_INVALID, FRAUD_RULE_CONFLICT; MessagingError KAFKA_FENCED (transient) when others
   *   come between again and again, and what a connection throws
   */
  put(drafts: readonly unknown[], intent: Intent): Promise<readonly Changed[]> {
    return this.#change(({ rules, unreadable }) => this.planPut(rules, drafts, intent, unreadable))
  }

  /** What `put` would do to these rules. @param unreadable why records of rules cannot be read, by id @throws FraudRuleError as `put` */
  planPut(rules: Rules, drafts: readonly unknown[], intent: Intent, unreadable = nothingUnreadable): readonly Changed[] {
    return drafts.map((draft) => {
      const id = idOf(draft)
      const before = rules.get(id)
      if (intent.newOnly && before && !unreadable.has(id)) return { before, rule: before }
      return { before, rule: putRule(before, draft, this.#language, this.#changeOf(before, intent, unreadable.has(id))) }
    })
  }

  /** One step further: off, shadow, live. @throws FraudRuleError FRAUD_RULE_UNKNOWN, FRAUD_RULE_NOT_PROMOTABLE, and as `put` */
  promote(ruleId: string, intent: Intent & { readonly comment: string }): Promise<Changed> {
    return this.#changeOne(ruleId, (before, unreadable) => promoteRule(before, this.#language, { ...this.#changeOf(before, intent, unreadable), comment: intent.comment }))
  }

  /** As it was at a version. @throws FraudRuleError FRAUD_RULE_UNKNOWN, also for the version, and as `put` */
  rollBack(ruleId: string, toVersion: number, intent: Intent & { readonly comment: string }): Promise<Changed> {
    return this.#changeOne(ruleId, (before, unreadable) => rollBackRule(before, toVersion, this.#language, { ...this.#changeOf(before, intent, unreadable), comment: intent.comment }))
  }

  #changeOf(before: FraudRule | undefined, { by, expectedVersion = before?.version ?? 0 }: Intent, unreadable: boolean) {
    return { by, expectedVersion, at: this.#now(), unreadable }
  }

  async #changeOne(ruleId: string, next: (before: FraudRule, unreadable: boolean) => FraudRule): Promise<Changed> {
    const [changed] = await this.#change(({ rules, unreadable }) => {
      const before = rules.get(ruleId)
      if (before === undefined) throw new FraudRuleError('FRAUD_RULE_UNKNOWN', `there is no rule ${ruleId}`)
      return [{ before, rule: next(before, unreadable.has(ruleId)) }]
    })
    return changed as Changed
  }

  #change(edit: Edit): Promise<readonly Changed[]> {
    const change = this.#last.then(() => this.#connected(edit))
    this.#last = change.catch(() => undefined)
    return change
  }

  async #connected(edit: Edit): Promise<readonly Changed[]> {
    const connection = await this.#connect()
    const writer = connection.writer(transactionalId)
    try {
      const changed = await withTries(connection, writer, edit)
      await seen(connection, changed)
      return changed
    } finally {
      await writer.close()
      await connection.close()
    }
  }
}

async function withTries(connection: RulesConnection, writer: EventWriter, edit: Edit): Promise<readonly Changed[]> {
  let inDoubt: readonly Changed[] = []
  for (let attempt = 1; ; attempt++) {
    try {
      await writer.open()
      const standing = await standingOn(connection)
      if (inDoubt.length > 0 && standThere(standing.rules, inDoubt)) return inDoubt
      const changed = edit(standing)
      const toWrite = changed.filter(({ rule, before }) => rule !== before)
      inDoubt = toWrite.length > 0 ? changed : []
      await writer.write(toWrite.map(({ rule }) => fraudRules.event(rule)))
      return changed
    } catch (error) {
      if (!isOvertaken(error) || attempt === tries) throw error
      // Two that overtake each other must not do it at the same pace.
      await delay(firstPauseMs * attempt * (0.5 + Math.random()))
    }
  }
}

async function standingOn(connection: RulesConnection): Promise<Standing> {
  const before = new Map<string, FraudRule>()
  const unreadable = new Map<string, Error>()
  const readable = await connection.held(fraudRules, (one) => {
    unreadable.set(one.key, one.error)
    if (one.before !== undefined) before.set(one.key, one.before)
  })
  return { rules: new Map([...readable, ...before]), unreadable }
}

function mendingOf(ruleId: string, { message }: Error, before: FraudRule | undefined): string {
  const back = before === undefined ? ', or take it away by a record without a value' : `, or bring back what stood there before: npm run rules -- rollback ${ruleId} --to ${before.version}`
  return `the record of the rule ${ruleId} cannot be read (${message}), and its transactions go to review: put it again${back}`
}

/** Another has taken the id over, or it is not known how the transaction has ended. */
function isOvertaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'KAFKA_FENCED' || error.code === 'KAFKA_TRANSACTION_LOST')
}

/** Whether the rules hold these very versions, also when another has changed them since. */
function standThere(rules: Rules, changed: readonly Changed[]): boolean {
  return changed.every(({ rule }) => {
    const now = rules.get(rule.rule_id)
    const kept = now === undefined ? undefined : historyOf(now).find(({ version }) => version === rule.version)
    // All of it: another version of this number may be of the same person and millisecond. Clones have no prototype of a codec.
    return isDeepStrictEqual(structuredClone(kept), structuredClone(historyOf(rule)[0]))
  })
}

async function seen(connection: RulesConnection, changed: readonly Changed[]): Promise<void> {
  const deadline = Date.now() + seeingPatienceMs
  while (changed.some(({ rule, before }) => rule !== before) && !standThere((await standingOn(connection)).rules, changed)) {
    if (Date.now() > deadline) return
    await delay(10)
  }
}

function idOf(draft: unknown): string {
  const id = typeof draft === 'object' && draft !== null && 'rule_id' in draft ? draft.rule_id : undefined
  return typeof id === 'string' ? id : ''
}
