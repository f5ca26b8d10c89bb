import type { FraudRule } from '@swipestream/contracts'
import type { Tables } from '@swipestream/messaging'
import { createLogger, metricsRegistry, Readiness } from '@swipestream/platform'
import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { exampleRule } from '../domain/rule-set/example-rule.js'
import { RulesInForce } from './rules-in-force.js'

/** The rules of a table that a test writes to. */
function following() {
  const table = new Map<string, FraudRule>()
  const unreadable = new Map<string, Error>()
  let listener: (keys: readonly string[]) => void = () => undefined
  const log: string[] = []
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      log.push(chunk.toString())
      done()
    },
  })
  const readiness = new Readiness()
  const tables = { of: () => ({ get: (id: string) => table.get(id), unreadableBecause: (id: string) => unreadable.get(id) }), onChange: (_topic: unknown, told: typeof listener) => (listener = told) } as unknown as Tables
  const rules = new RulesInForce(tables, createLogger({ service: 'test', level: 'error', destination }), readiness)
  return {
    rules,
    log,
    put(...changed: readonly FraudRule[]) {
      for (const rule of changed) {
        unreadable.delete(rule.rule_id)
        table.set(rule.rule_id, rule)
      }
      listener(changed.map(({ rule_id }) => rule_id))
    },
    garble(id: string) {
      table.delete(id)
      unreadable.set(id, new Error('no Avro'))
      listener([id])
    },
    remove(id: string) {
      table.delete(id)
      unreadable.delete(id)
      listener([id])
    },
    /** The topic was made anew: it says nothing of what went with it. */
    begunAnew(rule: FraudRule) {
      table.clear()
      unreadable.clear()
      this.put(rule)
    },
    state: () => readiness.components().get('rules'),
  }
}

const metric = async (name: string) => (await metricsRegistry.getSingleMetric(name)?.get())?.values.map(({ labels, value }) => [labels['mode'] ?? '', value])

const missing = expect.stringContaining('npm run rules -- put deploy/rules') as string

describe('without a live rule', () => {
  it('nothing is decided, and the service is not ready', () => {
    const { rules, put, state } = following()
    expect(() => rules.current()).toThrow(expect.objectContaining({ code: 'FRAUD_RULES_MISSING', kind: 'transient', message: missing }))
    expect(state()).toEqual({ state: 'down', detail: missing })
    put(exampleRule({ mode: 'shadow' }), exampleRule({ rule_id: 'other', mode: 'off' }))
    expect(() => rules.current()).toThrow('there is no live rule')
    expect(state()?.state).toBe('down')
    expect([...rules.records.keys()]).toEqual(['night_amount', 'other'])
  })

  it('so again when the last one is switched off or removed', () => {
    const { rules, put, remove, state } = following()
    put(exampleRule())
    expect(state()?.state).toBe('up')
    put(exampleRule({ version: 2, mode: 'off' }))
    expect(() => rules.current()).toThrow('there is no live rule')
    put(exampleRule({ version: 3 }))
    remove('night_amount')
    expect(() => rules.current()).toThrow('there is no live rule')
    expect(state()?.state).toBe('down')
  })
})

describe('the rules in force', () => {
  it('are those of the table, in one set that does not change', () => {
    const { rules, put } = following()
    put(exampleRule())
    const before = rules.current()
    put(exampleRule({ version: 2, weight: 400 }), exampleRule({ rule_id: 'other' }))
    expect(before.versions).toEqual({ night_amount: 1 })
    expect(rules.current().versions).toEqual({ night_amount: 2, other: 1 })
    expect(rules.current()).toBe(rules.current())
  })

  it('are compiled anew where they changed, and kept elsewhere', () => {
    const { rules, put } = following()
    put(exampleRule(), exampleRule({ rule_id: 'other' }))
    const [, other] = rules.current().live
    put(exampleRule({ version: 2, expression: 'tx.night' }))
    expect(rules.current().live[1]).toBe(other)
  })

  it('are only those of a topic that was made anew', () => {
    const topic = following()
    topic.put(exampleRule(), exampleRule({ rule_id: 'other' }))
    topic.begunAnew(exampleRule({ rule_id: 'new' }))
    expect([...topic.rules.records.keys()]).toEqual(['new'])
  })

  it.each(['live', 'shadow', 'off'] as const)('have one that was %s and cannot be read as a live one that fails, until its next record', async (mode) => {
    const { rules, put, garble, log } = following()
    put(exampleRule({ rule_id: 'other' }), exampleRule({ version: 3, mode }))
    garble('night_amount')
    expect([rules.current().versions, [...rules.records.keys()], [...rules.unreadable.keys()]]).toEqual([{ night_amount: 0, other: 1 }, ['other'], ['night_amount']])
    expect(rules.brokenBecause('night_amount')).toBe('no Avro')
    put(exampleRule({ rule_id: 'other', version: 2, weight: 5 }))
    expect(log.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { rule_id: 'night_amount', err: { message: 'no Avro' }, msg: 'the rule night_amount cannot be read, and counts as live: every transaction goes to review' },
    ])
    expect(await metric('fraud_rules_broken')).toEqual([['', 1]])
    put(exampleRule({ version: 4, mode }))
    expect([rules.brokenBecause('night_amount'), rules.unreadable.size]).toEqual([undefined, 0])
    expect(await metric('fraud_rules_broken')).toEqual([['', 0]])
  })

  it('judge by review alone while the only rule cannot be read', () => {
    const { rules, garble, state } = following()
    garble('night_amount')
    expect(rules.current().live).toHaveLength(1)
    expect(state()?.state).toBe('up')
  })

  it('forget one that could not be read when it is removed, or its topic was made anew', () => {
    const topic = following()
    topic.put(exampleRule())
    topic.garble('removed')
    topic.remove('removed')
    topic.garble('gone')
    topic.begunAnew(exampleRule())
    expect(topic.rules.current().versions).toEqual({ night_amount: 1 })
  })

  it('have one that cannot be compiled as broken: it is logged once, and counted', async () => {
    const { rules, put, log } = following()
    put(exampleRule({ expression: 'tx.gone > 5.0' }), exampleRule({ rule_id: 'other' }), exampleRule({ rule_id: 'watched', mode: 'shadow' }))
    expect(rules.current().live[0]?.broken?.message).toContain('there is no feature tx.gone')
    expect(rules.brokenBecause('night_amount')).toContain('there is no feature tx.gone')
    expect(rules.brokenBecause('other')).toBeUndefined()
    put(exampleRule({ rule_id: 'other', version: 2, weight: 5 }))
    expect(log).toHaveLength(1)
    expect(JSON.parse(log[0] ?? '')).toMatchObject({ rule_id: 'night_amount', version: 1, msg: expect.stringContaining('every transaction goes to review') })
    expect(await metric('fraud_rules_broken')).toEqual([['', 1]])
    expect(await metric('fraud_rules')).toEqual([['live', 2], ['shadow', 1], ['off', 0]])
  })
})
