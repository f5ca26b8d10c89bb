import { type FraudRule, fraudRules } from '@swipestream/contracts'
import { eventually, testBackbone, testDatabase, type TestBackbone } from '@swipestream/messaging/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { shippedRules } from '../apps/fraud-service/src/app/shipped-rules.fixture.js'
import { exampleRule } from '../apps/fraud-service/src/domain/rule-set/example-rule.js'
import { type ServiceProcess, startProcess } from '../apps/fraud-service/test/service-process.js'
import { fullSwipe } from '../apps/transactions-api/src/http/example-swipe.js'
import { startApi, type TestApi } from '../apps/transactions-api/test/service.js'

let backbone: TestBackbone
let database: Awaited<ReturnType<typeof testDatabase>>
let fraudService: ServiceProcess
let api: TestApi

const shadowRule: FraudRule = exampleRule({ rule_id: 'any_amount', mode: 'shadow', expression: 'tx.amount > 0.0', reason: 'It is {tx.amount}.', weight: 900 })

beforeAll(async () => {
  backbone = await testBackbone()
  database = await testDatabase()
  await backbone.publish([...shippedRules(), shadowRule].map((rule) => fraudRules.event(rule)))
  fraudService = await startProcess(backbone.env)
  api = await startApi({ ...backbone.env, DATABASE_URL: database.url })
})
afterAll(async () => {
  await api?.stop()
  await fraudService?.stop()
  await backbone?.close()
  await database?.drop()
})

it('a shadow rule fires on live traffic, changes nothing, and its figures follow what analysts say', async () => {
  const fraudMetrics = async (): Promise<string> => (await fetch(`${fraudService.url}/metrics`)).text()
  const swipe = async () => (await api.post({ ...fullSwipe, occurred_at: new Date().toISOString() }, { prefer: 'wait=20' })).body
  const figures = (verdict: string) => api.metric('fraud_rule_verdicts_total', `{rule="any_amount",mode="shadow",verdict="${verdict}",change="given"}`)

  const [fraud, honest] = [await swipe(), await swipe()]
  expect([fraud, honest]).toMatchObject([{ outcome: 'approve', score: 0, reasons: [] }, { outcome: 'approve', score: 0, reasons: [] }])
  expect(await fraudMetrics()).toContain('fraud_rule_hits_total{rule="any_amount",mode="shadow"} 2')
  expect([await figures('confirmed_fraud'), await figures('legitimate')]).toEqual([0, 0])

  await api.say(fraud.transaction_id, { verdict: 'confirmed_fraud' })
  await api.say(fraud.transaction_id, { verdict: 'confirmed_fraud' })
  await api.say(honest.transaction_id, { verdict: 'legitimate' })
  await eventually(async () => (await figures('legitimate')) === 1 && (await figures('confirmed_fraud')) === 1)
  await eventually(async () => (await api.metric('feedback_total', '{result="applied"}')) === 3)
  expect(await figures('confirmed_fraud')).toBe(1)
  expect(await api.metric('fraud_rule_detection_seconds_count', '{rule="any_amount",mode="shadow"}')).toBe(1)
})
