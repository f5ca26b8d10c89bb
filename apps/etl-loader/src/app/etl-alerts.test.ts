import type { OpsAlert } from '@swipestream/contracts'
import type { Outgoing } from '@swipestream/messaging'
import { beforeEach, describe, expect, test } from 'vitest'
import { EtlError } from '../errors.js'
import { EtlAlerts } from './etl-alerts.js'

let now: number
let away: boolean
let published: OpsAlert[]
let alerts: EtlAlerts

beforeEach(() => {
  now = 0
  away = false
  published = []
  const publish = (events: readonly Outgoing[]): Promise<void> => {
    if (away) return Promise.reject(new Error('Kafka is away'))
    published.push(...events.map(({ value }) => value as OpsAlert))
    return Promise.resolve()
  }
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
    alerts.quarantined('load', 'cards', 0)
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

  test('hear why a table is stopped, and when it is not any more; and why all ends', async () => {
    alerts.tableStopped('bank.bank.cards', new EtlError('ETL_SCHEMA_CHANGED', 'n was bytes and is int'))
    alerts.tableResumed('bank.bank.cards')
    alerts.ended(new EtlError('ETL_TAKEN_OVER', 'another one has begun'))
    await alerts.close()
    expect(published.map(({ code, severity, subject }) => [code, severity, subject])).toEqual([
      ['ETL_TABLE_STOPPED', 'critical', 'bank.bank.cards'], ['ETL_TABLE_STOPPED', 'info', 'bank.bank.cards'], ['ETL_STOPPED', 'critical', null],
    ])
    expect(published[0]?.summary).toContain('ETL_SCHEMA_CHANGED: n was bytes and is int')
    expect(published[2]?.summary).toBe('etl-extract has ended. ETL_TAKEN_OVER: another one has begun')
  })
})
