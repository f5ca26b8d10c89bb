import { describe, expect, it } from 'vitest'
import type { ClaimedDelivery, QuestionState, ToldAlert } from '../db/deliveries.repository.js'
import { exampleAlert } from '../domain/example-alert.js'
import { contentOf } from './content.js'

const now = Date.now()
const alert = exampleAlert()
const open: QuestionState = { phone: '+4930231250089', code: '42', expires_at: now + 60_000, verdict: null }
const links = { urlFor: (alertId: string, expiresAt: number) => Promise.resolve(`https://x.example/${alertId}/${expiresAt}`) }
const url = `https://x.example/${alert.alert_id}/${open.expires_at}`

function claimed(changes: Partial<ClaimedDelivery> & { question?: QuestionState | null } = {}): ClaimedDelivery {
  const { question = open, ...rest } = changes
  return {
    id: '0199a1b2-c3d4-7000-8000-0000000000aa', alert_id: alert.alert_id, card_id: 'v1.card', customer_id: 'c1', purpose: 'alert', channel: 'email', recipient: 'jane@example.org',
    merged_into: null, attempt: 1, told: { alert, question }, merged: [], addressee: { given_name: 'Jane', time_zone: 'Europe/Berlin', language: 'en' }, traceparent: null, ageMs: 0,
    ...rest,
  }
}

describe('what a message says', () => {
  it('by e-mail: the alert, and a link to answer by', async () => {
    expect(await contentOf(claimed(), links)).toEqual({ kind: 'alert', alert, question: { url, code: '42', bySms: false } })
  })

  it('by SMS: the alert, and the code of the answer, when this number was asked', async () => {
    expect(await contentOf(claimed({ channel: 'sms', recipient: '+4930231250089' }), links)).toMatchObject({ question: { code: '42', bySms: true } })
    expect(await contentOf(claimed({ channel: 'sms', recipient: '+4930231250001' }), links)).toMatchObject({ question: { bySms: false } })
  })

  it.each([
    ['was never asked', null],
    ['was answered meanwhile', { ...open, verdict: 'legitimate' as const }],
    ['can be answered no more', { ...open, expires_at: now - 1 }],
  ])('asks nothing that %s', async (_, question) => {
    expect(await contentOf(claimed({ question }), links)).toEqual({ kind: 'alert', alert, question: null })
  })

  it('of several alerts: each, and what is asked about it', async () => {
    const other: ToldAlert = { alert: exampleAlert({ alert_id: '0199a1b2-c3d4-7000-8000-000000000002' }), question: null }
    expect(await contentOf(claimed({ purpose: 'digest', merged: [other] }), links)).toEqual({
      kind: 'digest', alerts: [{ alert, question: { url, code: '42', bySms: false } }, { alert: other.alert, question: null }],
    })
  })

  it('after an answer: what it was', async () => {
    expect(await contentOf(claimed({ purpose: 'confirmation', question: { ...open, verdict: 'confirmed_fraud' } }), links)).toEqual({ kind: 'confirmation', alert, verdict: 'confirmed_fraud' })
  })

  it("to the bank's desk: that nobody could be reached", async () => {
    expect(await contentOf(claimed({ customer_id: 'fallback' }), links)).toEqual({ kind: 'no_contact', alert })
  })
})
