import { deadLetterDefinition, type LogLine, opsAlerts, serverLogs } from '@swipestream/contracts'
import { eventually, testBackbone, type TestBackbone } from '@swipestream/messaging/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type ServiceProcess, startProcess } from './service-process.js'

let backbone: TestBackbone
let detector: ServiceProcess
let offset: number

beforeEach(async () => {
  backbone = await testBackbone([serverLogs, opsAlerts, deadLetterDefinition(serverLogs)])
  detector = await startProcess('detect-main', backbone.env)
  await eventually(async () => (await detector.health()).ready)
  offset = 0
})
afterEach(async () => {
  await detector.kill()
  await backbone.close()
})

/** What a service logs in this moment. */
function entry(status: number): LogLine {
  const now = new Date()
  const [, day, month, year] = /, (\d+) (\w+) (\d+)/.exec(now.toUTCString()) ?? []
  const message = `192.0.2.1 - - [${day}/${month}/${year}:${now.toISOString().slice(11, 19)} +0000] "POST /v1/transactions HTTP/1.1" ${status} 1 "-" "x"`
  const begin = offset
  offset += message.length + 1
  return { file_key: 'web1/ab12', host: 'web1', file_id: 'ab12', path: '/var/log/nginx/access.log', generation: 0, offset: begin, end_offset: offset, service: 'transactions-api', format: 'nginx.access', message, truncated: false, redactions: 0, read_at: now.getTime() }
}

/** Ten requests a second that end so, until an alert is what it should be. */
async function logUntil(status: number, isIt: (alert: { severity: string; code: string }) => boolean): Promise<void> {
  await eventually(
    async () => {
      await backbone.publish(Array.from({ length: 5 }, () => serverLogs.event(entry(status))))
      return (await backbone.received(opsAlerts)).some(({ value }) => isIt(value))
    },
    { timeoutMs: 50_000, intervalMs: 500 },
  )
}

describe('requests that fail', () => {
  test('are an alert within seconds, and another one when they work again', { timeout: 120_000 }, async () => {
    for (let i = 0; i < 10; i++) await backbone.publish([serverLogs.event(entry(202))])
    const begun = Date.now()
    await logUntil(503, ({ code }) => code === 'LOG_ERROR_RATE')
    expect(Date.now() - begun).toBeLessThan(15_000)
    await logUntil(202, ({ severity }) => severity === 'info')
    const alerts = (await backbone.received(opsAlerts)).map(({ value }) => value)
    expect(alerts[0]).toMatchObject({ service: 'transactions-api', code: 'LOG_ERROR_RATE', subject: null })
    expect(alerts[0]?.summary).toMatch(/requests within 10 s failed .* such as 503 POST \/v1\/transactions$/)
    expect(alerts.at(-1)?.summary).toMatch(/^Resolved: transactions-api is as usual again/)
    expect(alerts.at(-1)?.opened_at).toBe(alerts[0]?.opened_at)
    expect(alerts.at(-1)?.resolved_at).toBeGreaterThan(alerts[0]?.opened_at ?? Number.POSITIVE_INFINITY)
  })

  test('are told once, and that they work again as well, when detection is killed in between', { timeout: 180_000 }, async () => {
    for (let i = 0; i < 10; i++) await backbone.publish([serverLogs.event(entry(202))])
    await logUntil(503, ({ severity }) => severity === 'critical')
    await detector.kill()
    const before = (await backbone.received(opsAlerts)).map(({ value }) => value)
    detector = await startProcess('detect-main', backbone.env)
    await eventually(async () => (await detector.health()).ready)
    await logUntil(202, ({ severity }) => severity === 'info')
    const after = (await backbone.received(opsAlerts)).map(({ value }) => value).slice(before.length)
    expect(after.map(({ code, subject, severity, opened_at: openedAt }) => ({ code, subject, severity, openedAt }))).toEqual([{ code: 'LOG_ERROR_RATE', subject: null, severity: 'info', openedAt: before[0]?.opened_at }])
  })
})
