import { fraudDecisions, fraudRules, transactionsLog, uuidv7 } from '@swipestream/contracts'
import { eventually, testBackbone, type TestBackbone } from '@swipestream/messaging/testing'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { shippedRules } from '../src/app/shipped-rules.fixture.js'
import { exampleTransaction } from '../src/domain/example-transaction.js'
import { exampleDescription } from '../src/model/example-description.js'
import { exampleTrees } from '../src/model/example-trees.js'
import { startProcess } from './service-process.js'

describe('fraud-service with FRAUD_MODEL_DIR', () => {
  let backbone: TestBackbone
  let directory: string
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'model-'))
    writeFileSync(join(directory, 'model.json'), JSON.stringify(exampleDescription()))
    writeFileSync(join(directory, 'model.onnx'), exampleTrees)
    backbone = await testBackbone()
    await backbone.publish(shippedRules().map((rule) => fraudRules.event(rule)))
  })
  afterAll(async () => {
    await backbone?.close()
    rmSync(directory, { recursive: true })
  })

  it('decides by the shipped rules on what the model says, and records it with what counted most', async () => {
    const service = await startProcess({ ...backbone.env, FRAUD_MODEL_DIR: directory })
    try {
      const [everyday, large] = [2_350, 25_000].map((amount_minor, index) => exampleTransaction({ transaction_id: uuidv7(), card_id: `v1.card-${index}`, amount_minor }))
      await backbone.publish([everyday, large].flatMap((tx) => (tx === undefined ? [] : [transactionsLog.event(tx)])))
      const decisions = await eventually(async () => {
        const all = (await backbone.received(fraudDecisions)).map(({ value }) => value)
        if (all.length < 2) throw new Error(`${all.length} of 2 decisions are there`)
        return new Map(all.map((decision) => [decision.transaction_id, decision]))
      }, { timeoutMs: 30_000, intervalMs: 200 })
      const ofLarge = decisions.get(large?.transaction_id ?? '')
      expect(ofLarge).toMatchObject({ outcome: 'decline', model: { version: 'v7', top: [{ name: 'tx.amount_reference', value: 250, unit: 'EUR' }] } })
      expect(ofLarge?.reasons.map(({ rule_id }) => rule_id)).toEqual(expect.arrayContaining(['model_risk', 'model_risk_high', 'model_risk_certain']))
      expect(decisions.get(everyday?.transaction_id ?? '')).toMatchObject({ outcome: 'approve', reasons: [], model: { version: 'v7', top: [] } })
    } finally {
      await service.stop()
    }
  })

  it('does not start with a folder that is none, and says so', async () => {
    await expect(startProcess({ ...backbone.env, FRAUD_MODEL_DIR: join(directory, 'nowhere') })).rejects.toThrow('FRAUD_MODEL_DIR is not valid: model.json cannot be read')
  })
})
