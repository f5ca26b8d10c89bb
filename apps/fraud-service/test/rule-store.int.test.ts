import { type FraudRule, fraudRules } from '@swipestream/contracts'
import type { Connection } from '@swipestream/messaging'
import { type TestBackbone, testBackbone } from '@swipestream/messaging/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ruleLanguage } from '../src/app/rule-language.js'
import { type Changed, type RulesConnection, RuleStore } from '../src/app/rule-store.js'
import { historyOf } from '../src/domain/rule-set/changes.js'
import { exampleDraft } from '../src/domain/rule-set/example-rule.js'

let backbone: TestBackbone

beforeAll(async () => {
  backbone = await testBackbone()
})
afterAll(() => backbone.close())

/** The test's own connection: it outlives each change. */
const lasting = (): RulesConnection => ({ ...backbone, close: () => Promise.resolve() })
/** A store as an instance of its own has it: two of them know nothing of each other. */
const store = (connection: () => RulesConnection = lasting, now?: () => number) => new RuleStore(() => Promise.resolve(connection()), ruleLanguage, now)

let count = 0
const newId = () => `rule_${++count}`
const draft = (rule_id: string, weight = 300) => exampleDraft({ rule_id, weight })
const ruleOf = ([changed]: readonly Changed[]): FraudRule => changed?.rule as FraudRule
const standing = async (id: string) => (await backbone.held(fraudRules)).get(id) as FraudRule
const recordsOf = async (id: string) => (await backbone.received(fraudRules)).filter(({ key }) => key === id)

describe('a rule store', () => {
  it('puts, promotes and rolls back: each the next version, on the topic when it is told', async () => {
    const id = newId()
    const first = await store().put([{ ...draft(id), mode: 'off' }], { by: 'ada' })
    expect(ruleOf(first)).toMatchObject({ rule_id: id, version: 1, mode: 'off', created_by: 'ada', earlier: [] })
    expect(await standing(id)).toEqual(ruleOf(first))
    expect((await store().promote(id, { by: 'grace', comment: 'Look at it.' })).rule).toMatchObject({ version: 2, mode: 'shadow', created_by: 'grace', comment: 'Look at it.' })
    const { before, rule } = await store().rollBack(id, 1, { by: 'ada', comment: 'Not yet.' })
    expect([before?.version, rule.version, rule.mode]).toEqual([2, 3, 'off'])
    expect(historyOf(await standing(id)).map(({ version }) => version)).toEqual([3, 2, 1])
  })

  it('writes nothing when the draft says what stands there', async () => {
    const id = newId()
    await store().put([draft(id)], { by: 'ada' })
    const [again] = await store().put([draft(id)], { by: 'grace' })
    expect(again?.rule).toBe(again?.before)
    expect(await recordsOf(id)).toHaveLength(1)
  })

  it('writes all drafts or none', async () => {
    const [good, bad] = [newId(), newId()]
    await expect(store().put([draft(good), { ...draft(bad), expression: 'tx.amuont > 5.0' }], { by: 'ada' })).rejects.toMatchObject({ code: 'FRAUD_RULE_INVALID' })
    expect(await recordsOf(good)).toEqual([])
  })

  it('refuses a change of what is not as expected, or not there', async () => {
    const id = newId()
    await store().put([draft(id)], { by: 'ada' })
    await expect(store().put([draft(id, 400)], { by: 'ada', expectedVersion: 0 })).rejects.toMatchObject({ code: 'FRAUD_RULE_CONFLICT' })
    await expect(store().promote(newId(), { by: 'ada', comment: '' })).rejects.toMatchObject({ code: 'FRAUD_RULE_UNKNOWN' })
    expect(await recordsOf(id)).toHaveLength(1)
  })
})

describe('two rule stores at once', () => {
  it('that change the same rule make versions without gaps, and lose no change', async () => {
    const id = newId()
    const stores = [store(), store()]
    const weights = Array.from({ length: 10 }, (_, i) => 301 + i)
    await Promise.all(weights.map((weight, i) => (stores[i % 2] as RuleStore).put([draft(id, weight)], { by: `store ${i % 2}` })))
    const history = historyOf(await standing(id))
    expect(history.map(({ version }) => version)).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
    expect(history.map(({ weight }) => weight).sort()).toEqual(weights)
    expect((await recordsOf(id)).map(({ value }) => value.version)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  })

  it('that change different rules lose none', async () => {
    const ids = Array.from({ length: 8 }, newId)
    const stores = [store(), store()]
    await Promise.all(ids.map((id, i) => (stores[i % 2] as RuleStore).put([draft(id)], { by: 'ada' })))
    const held = await backbone.held(fraudRules)
    expect(ids.map((id) => held.get(id)?.version)).toEqual(ids.map(() => 1))
  })

  it('that expect the same version: one makes the next, the other is refused', async () => {
    const id = newId()
    await store().put([draft(id)], { by: 'ada' })
    const ended = await Promise.allSettled([401, 402].map((weight) => store().put([draft(id, weight)], { by: 'ada', expectedVersion: 1 })))
    expect(ended.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(ended.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'FRAUD_RULE_CONFLICT' } })
    expect((await standing(id)).version).toBe(2)
  })

  it('of one person in the same millisecond, the same', async () => {
    const at = () => Date.UTC(2026, 2, 2)
    for (let round = 0; round < 10; round++) {
      const id = newId()
      await store(lasting, at).put([draft(id)], { by: 'ada' })
      const ended = await Promise.allSettled([401, 402].map((weight) => store(lasting, at).put([draft(id, weight)], { by: 'ada', expectedVersion: 1 })))
      const [won] = ended.flatMap((one) => (one.status === 'fulfilled' ? [ruleOf(one.value)] : []))
      expect(ended.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
      expect(await standing(id)).toEqual(won)
    }
  })
})

describe('a rule store that does not hear how its transaction ended', () => {
  /** A connection whose first transaction is lost, before or after it was committed. */
  function losing({ committed }: { readonly committed: boolean }): RulesConnection {
    let lost = false
    const writer: Connection['writer'] = (id) => {
      const real = backbone.writer(id)
      return {
        ...real,
        async write(events) {
          if (lost) return real.write(events)
          lost = true
          if (committed) await real.write(events)
          throw Object.assign(new Error('the broker is gone'), { code: 'KAFKA_TRANSACTION_LOST', kind: 'transient' })
        },
      }
    }
    return { ...lasting(), writer }
  }

  it.each([{ committed: true }, { committed: false }])('looks, and makes one version: %j', async ({ committed }) => {
    const id = newId()
    const changed = await store(() => losing({ committed })).put([draft(id)], { by: 'ada', expectedVersion: 0 })
    expect(ruleOf(changed).version).toBe(1)
    expect(await recordsOf(id)).toHaveLength(1)
  })
})
