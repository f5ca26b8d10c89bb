import {
  type CardProfile, decoder, encoder, type FraudDecision, fraudDecisions, type FraudRule, type ModelSignal, type TakenValues, type Transaction,
} from '@swipestream/contracts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assess, type Origin } from './assess.js'
import { berlin, exampleOrigin, exampleTransaction, minutes, potsdam, singapore, tenOClock } from './example-transaction.js'
import { ruleFeatures } from './features/catalogue.js'
import { languageOf } from './rule-language/language.js'
import { putRule } from './rule-set/changes.js'
import { exampleDraft, exampleRules } from './rule-set/example-rule.js'
import { type RuleSet, ruleSetOf, Unreadable, withRules } from './rule-set/rule-set.js'
import { type Logged, replay, rulesOfVersions } from './replay.js'

const language = languageOf(ruleFeatures)
const encode = encoder<FraudDecision>(fraudDecisions.schema)
const decode = decoder<FraudDecision>(fraudDecisions.schema)
/** A decision as it is read from its topic. */
const published = (decision: FraudDecision) => decode.decode(encode(1, decision), () => fraudDecisions.schema)

interface Step {
  readonly tx: Transaction
  readonly taken: TakenValues
  readonly model: ModelSignal | null
  /** A rule that is put right before, or whose record is one that nobody can read. */
  readonly put: { readonly rule_id: string; readonly expression: string; readonly weight: number; readonly mode: FraudRule['mode']; readonly unreadable: boolean } | undefined
}

/** What a run of the service leaves behind: its log, its decisions by offset, and the rules with all their versions. */
function run(list: readonly Step[], before: readonly FraudRule[] = []) {
  const profiles = new Map<string, CardProfile>()
  const decisions = new Map<number, FraudDecision>()
  let rules: RuleSet = ruleSetOf(language, before)
  const records = new Map(rules.records)
  const log = list.map(({ tx, taken, model, put }, offset): Logged => {
    const origin = exampleOrigin(offset)
    if (put !== undefined) {
      const { unreadable, ...changed } = put
      const current = records.get(put.rule_id)
      const draft = exampleDraft({ ...changed, reason: '{tx.amount} of {card.count_1h:0}, {terminal.frauds_7d}, {tx.speed_kmh:1}.' })
      const change = { expectedVersion: current?.version ?? 0, at: offset, by: 'ada' }
      if (!unreadable) records.set(put.rule_id, putRule(current, draft, language, change))
      rules = withRules(rules, [[put.rule_id, unreadable ? new Unreadable(new Error('no Avro')) : records.get(put.rule_id)]])
    }
    const assessed = assess(tx, profiles.get(tx.card_id), taken, rules, origin, model)
    if (assessed !== 'duplicate') {
      profiles.set(tx.card_id, assessed.profile)
      decisions.set(offset, published({ ...assessed.decision, decided_at: tenOClock + offset }))
    }
    return { tx, origin }
  })
  return { log, decisions, rules: [...records.values()] }
}

const counts = (length: number) => fc.array(fc.nat(1_000), { minLength: length, maxLength: length })
const anyTaken: fc.Arbitrary<TakenValues> = fc.record({
  home_country: fc.option(fc.constantFrom('DE', 'SG')),
  time_zone: fc.option(fc.constantFrom('Europe/Berlin', 'Asia/Tokyo', 'Europe/Atlantis')),
  card_blocked: fc.boolean(),
  card_frauds: counts(3),
  terminal: fc.option(fc.record({
    counts: counts(6), amounts: counts(6), frauds: counts(3), first_fraud_at: fc.option(fc.integer({ min: tenOClock - minutes(43_200), max: tenOClock })),
    fraud_mean: fc.option(fc.double({ min: 1, max: 100_000, noNaN: true })), clean_count: fc.option(fc.nat(1_000)),
  })),
})
const anyModel: fc.Arbitrary<ModelSignal | null> = fc.option(fc.record({ version: fc.constantFrom('1', '2'), probability: fc.double({ min: 0, max: 1, noNaN: true }), top: fc.constant([]) }))
const anyPut = fc.record({
  rule_id: fc.constantFrom('a', 'b', 'c'),
  expression: fc.constantFrom(
    'tx.amount > 100.0', 'card.count_1h >= 2', 'card.blocked', 'terminal.frauds_7d > 500', 'tx.distance_km >= 50.0 && tx.speed_kmh > 1000.0', 'model.probability > 0.5',
    'terminal.first_fraud_days < 21.0 && terminal.clean_count <= 1', 'terminal.fraud_mean_30d < 150.0 || card.rms_ratio_7d > 1.5', 'tx.night || tx.first_country', 'tx.amount / card.mean_30d > 2.0', 'tx.event_order == "late"', 'card.frauds_30d > 2 && tx.away_from_home',
  ),
  weight: fc.integer({ min: 1, max: 1000 }),
  mode: fc.constantFrom('live', 'shadow', 'off'),
  unreadable: fc.constantFrom(false, false, false, true),
})

/** Transactions of some cards in any order, some of them again, with rules that change in between. */
function steps(cards: readonly string[], maxLength = 25): fc.Arbitrary<Step[]> {
  const tx = fc.record({
    id: fc.nat(18),
    card_id: fc.constantFrom(...cards),
    amount_minor: fc.integer({ min: 1, max: 50_000 }),
    currency: fc.constantFrom('EUR', 'JPY', 'ZWG'),
    merchant_category: fc.option(fc.constantFrom('5812', '6051')),
    place: fc.option(fc.constantFrom(berlin, potsdam, singapore, { latitude: 999, longitude: 0 })),
    country: fc.option(fc.constantFrom('DE', 'SG')),
    occurred_at: fc.oneof(fc.integer({ min: -90, max: 20 }), fc.integer({ min: -5_000, max: 20 })).map((minute) => tenOClock + minutes(minute)),
  }).map(({ id, ...changes }) => exampleTransaction({ ...changes, transaction_id: `${changes.card_id}-${id}`, received_at: tenOClock }))
  return fc.array(fc.record({ tx, taken: anyTaken, model: anyModel, put: fc.option(anyPut, { freq: 3, nil: undefined }) }), { maxLength })
}

const bytesOf = (decision: FraudDecision | 'duplicate') => (decision === 'duplicate' ? decision : encode(1, decision).toString('hex'))
const decisionAt = (decisions: ReadonlyMap<number, FraudDecision>) => ({ offset }: Origin) => decisions.get(offset)

describe('a log decided again from its beginning, with what was taken and by the rules that were in force', () => {
  it('gives every decision byte for byte, and no other', () => {
    fc.assert(fc.property(steps(['card-1', 'card-2']), (list) => {
      const { log, decisions, rules } = run(list)
      const replayed = [...replay(log, decisionAt(decisions), rulesOfVersions(language, rules))]
      expect(replayed.map(({ again }) => bytesOf(again))).toEqual([...decisions.values()].map(bytesOf))
    }), { numRuns: 200 })
  })

  it('gives the others also where some are lost', () => {
    fc.assert(fc.property(steps(['card-1']), fc.array(fc.nat(24)), (list, lost) => {
      const { log, decisions, rules } = run(list)
      for (const offset of lost) decisions.delete(offset)
      const replayed = [...replay(log, decisionAt(decisions), rulesOfVersions(language, rules))]
      expect(replayed.map(({ again }) => bytesOf(again))).toEqual([...decisions.values()].map(bytesOf))
    }))
  })

  it('tells a decision that is another, by its features at least', () => {
    fc.assert(fc.property(steps(['card-1']), anyTaken, (list, otherTaken) => {
      const { log, decisions, rules } = run(list)
      for (const { recorded, again } of replay(log, (origin) => withTaken(decisions.get(origin.offset), otherTaken), rulesOfVersions(language, rules))) {
        const original = decisions.get(recorded.input_offset)?.taken
        const same = again !== 'duplicate' && again.features_hash === recorded.features_hash
        // a time zone that is none, another one at the same hour, a country on neither side of the border: seen by no feature
        if (original?.card_blocked !== otherTaken.card_blocked) expect(same).toBe(false)
        if (JSON.stringify(original) === JSON.stringify(otherTaken)) expect(same).toBe(true)
      }
    }))
  })

  it('leaves a decision of before shadow rules were recorded as it is', () => {
    fc.assert(fc.property(steps(['card-1']), (list) => {
      const { log, decisions, rules } = run(list)
      const old = new Map([...decisions].map(([offset, decision]) => [offset, { ...decision, shadow_rules: null }]))
      const replayed = [...replay(log, decisionAt(old), rulesOfVersions(language, rules))]
      expect(replayed.map(({ again }) => bytesOf(again))).toEqual([...old.values()].map(bytesOf))
    }), { numRuns: 50 })
  })

  it('tells a shadow rule that does not fire again', () => {
    const [step] = fc.sample(steps(['card-1']).filter(({ length }) => length > 0), 1)[0] as [Step]
    const { log, decisions, rules } = run([{ ...step, put: { rule_id: 'a', expression: 'tx.amount < 0.0', weight: 1, mode: 'shadow', unreadable: false } }])
    const claimed = ({ offset }: Origin) => ({ ...(decisions.get(offset) as FraudDecision), shadow_rules: [{ rule_id: 'a', rule_version: 1 }] })
    expect([...replay(log, claimed, rulesOfVersions(language, rules))]).toMatchObject([{ again: { shadow_rules: [] } }])
  })

  it('is refused when a version is not kept', () => {
    expect(() => rulesOfVersions(language, [])({ gone: 3 })).toThrow(expect.objectContaining({ code: 'FRAUD_RULE_UNKNOWN', message: 'version 3 of the rule gone is not kept' }))
  })
})

function withTaken(decision: FraudDecision | undefined, other: TakenValues): FraudDecision | undefined {
  return decision && { ...decision, taken: other }
}

describe('a decision', () => {
  it('depends on nothing that comes later', () => {
    const withFuture = fc.tuple(steps(['card-1', 'card-2'], 12), steps(['card-1', 'card-2'], 12)).chain(([past, future]) => fc.tuple(fc.constant(past), fc.constant(future), fc.shuffledSubarray(future)))
    fc.assert(fc.property(withFuture, ([past, future, otherFuture]) => {
      const upToNow = (list: readonly Step[]) => [...run(list).decisions].filter(([offset]) => offset < past.length)
      expect(upToNow([...past, ...otherFuture])).toEqual(upToNow([...past, ...future]))
    }))
  })

  it('about one card depends on no other, but for what was taken', () => {
    const together = fc.tuple(steps(['card-1']), steps(['card-2']), fc.array(fc.boolean(), { minLength: 50, maxLength: 50 }))
    fc.assert(fc.property(together, ([one, other, turns]) => {
      const unruled = (list: Step[]) => list.map((step) => ({ ...step, put: undefined }))
      const left: [Step[], Step[]] = [unruled(one), unruled(other)]
      const woven = turns.flatMap((turn) => left[turn ? 1 : 0].splice(0, 1))
      const decided = (list: readonly Step[], card: string) => [...run(list, exampleRules()).decisions.values()].filter(({ card_id }) => card_id === card).map((decision) => ({ ...decision, input_offset: 0, decided_at: 0 }))
      const all = [...woven, ...left[0], ...left[1]]
      expect(decided(all, 'card-1')).toEqual(decided(unruled(one), 'card-1'))
      expect(decided(all, 'card-2')).toEqual(decided(unruled(other), 'card-2'))
    }))
  })
})
