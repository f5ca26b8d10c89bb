import { describe, expect, it } from 'vitest'
import type { LedgerContext, LedgerEntry } from '../../db/ledger.repository.js'
import { entryLines, listLines, viewOfEntry } from './ledger-lines.js'

const at = (second: number) => new Date(Date.UTC(2026, 2, 3, 13, 5, second))

const email: LedgerEntry = {
  id: '0199a1b2-c3d4-7000-8000-0000000000aa', alert_id: '0199a1b2-c3d4-7000-8000-000000000001', customer_id: 'c1', card_id: 'v1.card',
  purpose: 'alert', channel: 'email', recipient: 'jane@example.org', status: 'failed', attempts: 2, provider_message_id: null,
  last_error: 'SMTP_550: no such \u0007user', merged_into: null, created_at: at(1), updated_at: at(9), next_attempt_at: at(9), fall_back_at: null,
}
const sms: LedgerEntry = {
  ...email, id: '0199a1b2-c3d4-7000-8000-0000000000bb', channel: 'sms', recipient: '+4930231250089', status: 'queued', attempts: 0, last_error: null,
  created_at: at(10), updated_at: at(10), next_attempt_at: at(30),
}
const context: LedgerContext = {
  received_at: at(0), planned_at: at(1), ofAlert: [email, sms], merged: [],
  question: { asked_at: at(1), expires_at: at(59), answered_at: at(40), verdict: 'confirmed_fraud', source: 'customer_sms' }, read_at: null,
}

describe('the list of the ledger', () => {
  it('is a table with addresses masked', () => {
    expect(listLines([sms, email], false)).toEqual([
      'QUEUED                PURPOSE  CHANNEL  TO                STATUS  ATTEMPTS  DELIVERY                              PROVIDER ID  ERROR',
      '2026-03-03T13:05:10Z  alert    sms      +49*****89        queued         0  0199a1b2-c3d4-7000-8000-0000000000bb  -            -',
      '2026-03-03T13:05:01Z  alert    email    j***@example.org  failed         2  0199a1b2-c3d4-7000-8000-0000000000aa  -            SMTP_550: no such \uFFFDuser',
    ])
  })

  it('has them in the clear when asked', () => {
    expect(listLines([sms, email], true).join('\n')).toMatch(/\+4930231250089[^]*jane@example\.org/)
    expect(viewOfEntry(sms, true)).toMatchObject({ delivery_id: sms.id, recipient: '+4930231250089' })
    expect(JSON.stringify(viewOfEntry(sms, false))).not.toContain('4930231250089')
  })

  it('of nothing says so', () => {
    expect(listLines([], false)).toEqual(['the ledger has no such message'])
  })
})

describe('a message of the ledger', () => {
  it('is shown with all that is known of it and its alert, in the order of time', () => {
    expect(entryLines(email, context, false).lines).toEqual([
      '0199a1b2-c3d4-7000-8000-0000000000aa',
      '  to        j***@example.org by email, customer c1',
      '  alert     0199a1b2-c3d4-7000-8000-000000000001',
      '  card      v1.card',
      '  purpose   alert',
      '  status    failed',
      '  attempts  2',
      '  provider  -',
      '  error     SMTP_550: no such \uFFFDuser',
      '',
      'TIME                  WHAT',
      '2026-03-03T13:05:00Z  the alert was received',
      '2026-03-03T13:05:01Z  it was planned whom to tell',
      '2026-03-03T13:05:01Z  this message: queued',
      '2026-03-03T13:05:01Z  the customer was asked, until 2026-03-03T13:05:59Z',
      '2026-03-03T13:05:09Z  this message: failed after 2 attempt(s), SMTP_550: no such \uFFFDuser',
      '2026-03-03T13:05:10Z  alert by sms to +49*****89: queued',
      '2026-03-03T13:05:40Z  the customer answered confirmed_fraud by customer_sms',
    ])
  })

  it('tells when it is due, what it was merged into, and when the next way is tried', () => {
    const status = (entry: LedgerEntry) => entryLines(entry, context, false).lines[5]
    expect(status({ ...sms, fall_back_at: at(50) })).toBe('  status    queued, due 2026-03-03T13:05:30Z, the next way is tried at 2026-03-03T13:05:50Z')
    expect(status({ ...sms, status: 'merged', merged_into: email.id })).toBe(`  status    merged, into ${email.id}`)
  })

  it('tells which messages joined it', () => {
    const { history } = entryLines(email, { ...context, merged: [{ ...sms, status: 'merged', merged_into: email.id }] }, false)
    expect(history).toContainEqual({ at: '2026-03-03T13:05:10Z', what: `${sms.id} joined this message, of alert ${sms.alert_id}` })
  })
})
