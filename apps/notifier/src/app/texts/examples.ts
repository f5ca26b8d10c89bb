import type { FraudAlert, OpsAlert } from '@swipestream/contracts'
import { exampleAlert, impossibleTravel, largeAmount, notableAmount } from '../../domain/example-alert.js'
import type { Addressee, AskedAlert, Question, ToTell } from '../../domain/to-tell.js'

/** Something there may be to tell, to look at, and to try texts with. */
export interface Example {
  readonly name: string
  readonly what: ToTell
}

/** What of the examples may be others: names as they come from outside, or all of an alert. */
export interface Changes {
  readonly alert?: Partial<FraudAlert>
  readonly ops?: Partial<OpsAlert>
}

export const exampleUrl = 'https://alerts.bank.example/answer?token=eyJhbGciOiJIUzI1NiJ9.example.signature'
export const exampleCode = '27'
const asked: Question = { url: exampleUrl, code: null, bySms: true }
const askedWithCode: Question = { url: exampleUrl, code: exampleCode, bySms: true }
const MINUTE = 60_000

export function exampleAddressee(language: string, changes: Partial<Addressee> = {}): Addressee {
  return { given_name: 'Jane', time_zone: 'Europe/Berlin', language, ...changes }
}

/** An alert of every kind, and each of their forms. */
export function examples({ alert: changes = {}, ops = {} }: Changes = {}): readonly Example[] {
  const review: Partial<FraudAlert> = { outcome: 'review', severity: 'warning', reasons: [notableAmount, largeAmount] }
  const blockedCard = { ...largeAmount, rule_id: 'blocked_card', weight: 1000, evidence: [] }
  const alert = (own: Partial<FraudAlert> = {}): FraudAlert => exampleAlert({ ...own, ...changes })
  const opsAlert = (own: Partial<OpsAlert> = {}): OpsAlert => ({ ...exampleOps, ...own, ...ops })
  const several = (count: number): AskedAlert[] =>
    Array.from({ length: count }, (_, i) => ({
      alert: { ...alert(i % 2 === 0 ? {} : review), amount_minor: 4_900 + 700 * i, occurred_at: exampleAlert().occurred_at + i * MINUTE },
      question: i === 0 ? null : askedWithCode,
    }))
  const told = (name: string, what: ToTell): Example => ({ name, what })
  return [
    told('alert', { kind: 'alert', alert: alert(review), question: askedWithCode }),
    told('declined', { kind: 'alert', alert: alert(), question: asked }),
    told('unasked', { kind: 'alert', alert: alert({ reasons: [], merchant_name: null, country: null }), question: null }),
    told('unasked_review', { kind: 'alert', alert: alert(review), question: null }),
    told('not_by_sms', { kind: 'alert', alert: alert(), question: { ...asked, bySms: false } }),
    told('blocked', { kind: 'alert', alert: alert({ reasons: [blockedCard, impossibleTravel] }), question: null }),
    told('digest', { kind: 'digest', alerts: several(3) }),
    told('digest_of_one', { kind: 'digest', alerts: several(2).slice(1) }),
    told('digest_unasked', { kind: 'digest', alerts: several(2).map(({ alert: of }) => ({ alert: of, question: null })) }),
    told('digest_of_many', { kind: 'digest', alerts: several(25) }),
    told('confirmation', { kind: 'confirmation', alert: alert(), verdict: 'confirmed_fraud' }),
    told('legitimate', { kind: 'confirmation', alert: alert(), verdict: 'legitimate' }),
    told('legitimate_review', { kind: 'confirmation', alert: alert(review), verdict: 'legitimate' }),
    told('no_contact', { kind: 'no_contact', alert: alert() }),
    told('ops', { kind: 'ops', alerts: [opsAlert()] }),
    told('ops_resolved', { kind: 'ops', alerts: [opsAlert(exampleResolved)] }),
    told('ops_several', {
      kind: 'ops',
      alerts: Array.from({ length: 12 }, (_, i) => opsAlert({ count: 3 + i, subject: i % 2 === 0 ? null : 'night_spree', raised_at: exampleOps.raised_at + i * MINUTE, severity: i === 4 ? 'critical' : 'warning' })),
    }),
  ]
}

export const exampleOps: OpsAlert = {
  alert_id: '0199a1b2-c3d4-7000-8000-000000000002',
  service: 'fraud-service',
  code: 'FRAUD_RULE_FAILED',
  severity: 'critical',
  subject: 'night_spree',
  summary: 'The live rule night_spree fails: division by zero at 1:14.',
  count: 12,
  raised_at: Date.UTC(2026, 2, 3, 13, 5, 1),
  opened_at: null,
  resolved_at: null,
}

const exampleResolved: Partial<OpsAlert> = {
  service: 'transactions-api',
  code: 'LOG_ERROR_RATE',
  severity: 'info',
  subject: null,
  summary: 'transactions-api is as usual again.',
  opened_at: Date.UTC(2026, 2, 3, 13, 0, 19),
  resolved_at: Date.UTC(2026, 2, 3, 13, 5),
}
