import type { OpsAlert } from '@swipestream/contracts'
import type { Outgoing } from '@swipestream/messaging'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { EtlError } from '../errors.js'
import { EtlAlerts } from './etl-alerts.js'

let now: number
let away: boolean
let published: OpsAlert[]
let alerts: EtlAlerts

function publish(events: readonly Outgoing[]): Promise<void> {
  if (away) return Promise.reject(new Error('Kafka is away'))
  published.push(...events.map(({ value }) => value as OpsAlert))
  return Promise.resolve()
}

/** What is told without waiting for a timer is. */
const told = () => new Promise((resolve) => setImmediate(resolve))

beforeEach(() => {
  now = 0
  away = false
  published = []
  alerts = new EtlAlerts('etl-extract', publish, { warn: () => undefined }, () => now)
})

describe('the people on call', () => {
  test('hear of the first row that a table quarantines at once, and of the others together', async () => {
    alerts.quarantined('extract', 'bank.bank.cards', 1)
    for (let row = 0; row < 500; row++) alerts.quarantined('extract', 'bank.bank.cards', 1)
    alerts.quarantined('extract', 'bank.bank.customers', 3)
    await alerts.close()
    expect(published.map(({ code, service, subject, count }) => [code, service, subject, count])).toEqual([
      ['ETL_ROWS_QUARANTINED', 'etl-extract', 'bank.bank.cards', 1],
      ['ETL_ROWS_QUARANTINED', 'etl-extract', 'bank.bank.customers', 3],
      ['ETL_ROWS_QUARANTINED', 'etl-extract', 'bank.bank.cards', 500],
    ])
  })

  test('hear of nothing when no row was refused', async () => {
    alerts.quarantined('the warehouse', 'cards', 0)
    await alerts.close()
    expect(published).toEqual([])
  })

  test('are told later what could not be published, once', async () => {
    away = true
    alerts.expired('transactions_log', 7)
    await Promise.resolve()
    away = false
    await alerts.close()
    expect(published.map(({ code, count }) => [code, count])).toEqual([['ETL_RECORDS_EXPIRED', 7]])
  })

  const ofTables = () => published.filter(({ code }) => code === 'ETL_TABLE_STOPPED').map(({ severity, subject, opened_at: opened, resolved_at: resolved }) => [severity, subject, opened, resolved])

  test('hear why a table is stopped, since when, and that it is not any more; and why all ends', async () => {
    now = 5
    alerts.tableStopped('bank.bank.cards', new EtlError('ETL_SCHEMA_CHANGED', 'n was bytes and is int'))
    await told()
    now = 7
    alerts.tableStopped('bank.bank.cards', new EtlError('ETL_KEY_MISSING', 'no key'))
    await told()
    now = 9
    alerts.tableWorks('bank.bank.cards')
    alerts.tableWorks('bank.bank.cards')
    alerts.tableWorks('bank.bank.customers')
    alerts.ended(new EtlError('ETL_TAKEN_OVER', 'another one has begun'))
    await alerts.close()
    expect(ofTables()).toEqual([['critical', 'bank.bank.cards', 5, null], ['critical', 'bank.bank.cards', 5, null], ['info', 'bank.bank.cards', 5, 9]])
    expect(published[0]?.summary).toContain('ETL_SCHEMA_CHANGED: n was bytes and is int')
    expect(published.find(({ code }) => code === 'ETL_STOPPED')).toMatchObject({ subject: null, severity: 'critical', summary: 'etl-extract has ended. ETL_TAKEN_OVER: another one has begun' })
  })

  test('hear that a table is extracted again which an earlier process told to be stopped, once, as soon as that is known', async () => {
    let known = false
    const stoppedBefore = () => (known ? Promise.resolve(new Map([['bank.bank.cards', { since: 3 }]])) : Promise.reject(new Error('Kafka is away')))
    alerts = new EtlAlerts('etl-extract', publish, { warn: () => undefined }, () => now, stoppedBefore)
    now = 8
    alerts.tableWorks('bank.bank.cards')
    await told()
    known = true
    for (let look = 0; look < 3; look++) alerts.tableWorks('bank.bank.cards')
    await told()
    alerts.tableWorks('bank.bank.cards')
    await alerts.close()
    expect(ofTables()).toEqual([['info', 'bank.bank.cards', 3, 8]])
  })

  test('hear of all else while it is not known which tables were stopped', async () => {
    alerts = new EtlAlerts('etl-extract', publish, { warn: () => undefined }, () => now, () => Promise.reject(new Error('the registry is away')))
    alerts.tableWorks('bank.bank.cards')
    alerts.quarantined('extract', 'cards', 2)
    await told()
    expect(published.map(({ code }) => code)).toEqual(['ETL_ROWS_QUARANTINED'])
  })

  test('are not asked for once a look: what comes while one is told waits together', async () => {
    const asked = vi.fn(() => Promise.reject(new Error('Kafka is away')))
    alerts = new EtlAlerts('etl-extract', publish, { warn: () => undefined }, () => now, asked)
    for (let look = 0; look < 1_000; look++) alerts.tableWorks('bank.bank.cards')
    await alerts.close()
    expect(asked.mock.calls.length).toBeLessThanOrEqual(2)
  })
})
