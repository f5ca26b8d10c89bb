import type { OpsAlert } from '@swipestream/contracts'
import { describe, expect, test } from 'vitest'
import { Detector } from './detector.js'
import { openIncidents } from './open-incidents.js'

const alert = (own: Partial<OpsAlert>): OpsAlert => ({ alert_id: 'x', service: 'shop', code: 'LOG_ERROR_RATE', severity: 'warning', subject: null, summary: '', count: 5, raised_at: 1_000, opened_at: 900, resolved_at: null, ...own })
const over = (own: Partial<OpsAlert> = {}) => alert({ severity: 'info', resolved_at: 2_000, ...own })

describe('alerts leave open', () => {
  test.each([
    ['nothing', [], []],
    ['what was told', [alert({})], [['LOG_ERROR_RATE', null, 'warning']]],
    ['nothing of what is over', [alert({}), over()], []],
    ['what began again', [alert({}), over(), alert({})], [['LOG_ERROR_RATE', null, 'warning']]],
    ['once what grew worse', [alert({}), alert({ severity: 'critical' })], [['LOG_ERROR_RATE', null, 'critical']]],
    ['one route while another is well', [alert({ subject: 'GET /a' }), alert({ subject: 'GET /b' }), over({ subject: 'GET /a' })], [['LOG_ERROR_RATE', 'GET /b', 'warning']]],
    ['one service while another is well', [alert({}), over({ service: 'till' })], [['LOG_ERROR_RATE', null, 'warning']]],
    ['nothing that other services tell of themselves', [alert({ code: 'FRAUD_RULE_FAILED', severity: 'critical' })], []],
  ])('%s', (_, alerts, open) => {
    expect(openIncidents(alerts).map(({ code, subject, severity }) => [code, subject, severity])).toEqual(open)
  })

  test('what was told before there were beginnings, as of when it was told', () => {
    expect(openIncidents([alert({ opened_at: null })])[0]?.openedAt).toBe(1_000)
  })
})

describe('an incident of before', () => {
  test.each(['LOG_SILENCE', 'LOG_NEW_ERROR', 'LOG_LATENCY'] as const)('of code %s is over as any other', (code) => {
    const detector = new Detector()
    const start = 1_780_000_000_000
    detector.reopen({ service: 'shop', code, subject: code === 'LOG_NEW_ERROR' ? 'disk <*> failed' : null, severity: 'warning', count: 7, openedAt: start }, start)
    const events = Array.from({ length: 900 }, (_, i) => {
      const at = start + i * 1_000
      return [...detector.observe({ service: 'shop', at, request: { route: 'GET /', failed: false, ms: 5, sample: '' } }, at), ...detector.tick(at)]
    }).flat()
    expect(events.map(({ state, code: its, openedAt }) => [state, its, openedAt])).toEqual([['resolved', code, start]])
  })
})
