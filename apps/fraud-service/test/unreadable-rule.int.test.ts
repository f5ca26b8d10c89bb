import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type FraudDecision, fraudDecisions, fraudRules, opsAlerts, transactionsLog, uuidv7 } from '@swipestream/contracts'
import { eventually, type TestBackbone, testBackbone } from '@swipestream/messaging/testing'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { rules } from '../src/cli/rules/rules-command.fixture.js'
import { exampleTransaction } from '../src/domain/example-transaction.js'
import { exampleDraft } from '../src/domain/rule-set/example-rule.js'
import { type ServiceProcess, startProcess } from './service-process.js'

let backbone: TestBackbone
let service: ServiceProcess

const folder = mkdtempSync(join(tmpdir(), 'rules-'))
const unknownSchema = Buffer.from([0, 0x7f, 0xff, 0xff, 0xff, 2, 4, 6])

beforeAll(async () => {
  backbone = await testBackbone()
  for (const [name, value] of Object.entries(backbone.env)) vi.stubEnv(name, value)
  await put('large')
  service = await startProcess(backbone.env)
})
afterAll(async () => {
  await service?.stop()
  await backbone.close()
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

/** A rule that the swipes below do not fire. */
function put(rule_id: string, changes: Partial<ReturnType<typeof exampleDraft>> = {}, ...options: readonly string[]) {
  const path = join(folder, `${rule_id}.json`)
  writeFileSync(path, JSON.stringify(exampleDraft({ rule_id, expression: 'tx.amount > 100000.0', ...changes })))
  return rules('put', path, ...options)
}

const write = (rule_id: string, value: Buffer | null) => backbone.send([{ topic: fraudRules.name, key: Buffer.from(rule_id), value, headers: {} }])

/** The decision on a swipe, once it is as wanted: a change takes some milliseconds. */
const eventuallyDecided = (wanted: (decision: FraudDecision) => boolean): Promise<FraudDecision> =>
  eventually(async () => {
    const tx = exampleTransaction({ transaction_id: uuidv7(), card_id: `v1.${uuidv7()}` })
    await backbone.publish([transactionsLog.event(tx)])
    const decision = await eventually(async () => (await backbone.received(fraudDecisions)).find(({ value }) => value.transaction_id === tx.transaction_id)?.value)
    return wanted(decision) ? decision : undefined
  }, { timeoutMs: 30_000 })
const approved = () => eventuallyDecided(({ outcome }) => outcome === 'approve')
const reviewedFor = (id: string) => eventuallyDecided(({ reasons }) => reasons.some(({ rule_id }) => rule_id === id))
const metrics = async () => (await fetch(new URL('/metrics', service.url))).text()

describe('a rule whose record nobody can read', () => {
  it('sends every transaction to review, is counted and told to the people on call, until it is put again', async () => {
    expect(await approved()).toMatchObject({ rule_versions: { large: 1 } })
    await write('large', Buffer.from('no Avro'))

    expect(await reviewedFor('large')).toMatchObject({
      outcome: 'review', score: 500, rule_versions: { large: 0 },
      reasons: [{ rule_id: 'large', rule_version: 0, text: 'The rule large failed and could not judge (its record cannot be read), so that an analyst must.' }],
    })
    expect(await metrics()).toMatch(/^fraud_rule_failures_total\{rule="large"\} [1-9]/m)
    expect(await metrics()).toMatch(/^fraud_rules_broken 1$/m)
    const [alert] = await backbone.received(opsAlerts)
    expect(alert?.value).toMatchObject({ service: 'fraud-service', code: 'FRAUD_RULE_FAILED', subject: 'large', severity: 'critical' })

    const listed = await rules('list')
    expect([listed.code, listed.err.join()]).toEqual([1, expect.stringMatching(/FRAUD_RULE_UNREADABLE: the record of the rule large cannot be read \(.+\).*npm run rules -- rollback large --to 1/)])
    // The same words are a version all the same.
    expect(await put('large')).toMatchObject({ code: 0 })
    expect(await approved()).toMatchObject({ rule_versions: { large: 2 } })
    expect(await metrics()).toMatch(/^fraud_rules_broken 0$/m)
    expect((await rules('history', 'large', '--json')).last).toMatchObject({ versions: [{ version: 2 }, { version: 1 }] })
  })

  it('counts as live whatever it was, also for an instance that starts later; a rollback brings it back', async () => {
    await put('asleep', { mode: 'off' })
    await write('asleep', unknownSchema)
    expect(await reviewedFor('asleep')).toMatchObject({ outcome: 'review' })

    await service.stop()
    service = await startProcess(backbone.env)
    expect(await reviewedFor('asleep')).toMatchObject({ outcome: 'review', rule_versions: { asleep: 0 } })
    expect(await rules('rollback', 'asleep', '--to', '1')).toMatchObject({ code: 0, out: ['asleep is again as in version 1, as version 2'] })
    expect((await approved()).rule_versions).not.toHaveProperty('asleep')
  })

  it('is put also where only new ones are wanted, as its first version when nothing is known of any before', async () => {
    await write('known', Buffer.from('no Avro'))
    expect((await put('known', {}, '--new-only', '--json')).last).toMatchObject({ written: 1, rules: [{ version: 1 }] })
    await write('known', Buffer.from('no Avro'))
    expect((await put('known', {}, '--new-only', '--json')).last).toMatchObject({ written: 1, rules: [{ version: 2 }] })
  })

  it('is gone when its record is removed', async () => {
    await write('stray', Buffer.from('no Avro'))
    await reviewedFor('stray')
    await write('stray', null)
    await approved()
    expect(await rules('list')).toMatchObject({ code: 0 })
  })
})
