import type { FraudAlert, OpsAlert } from '@swipestream/contracts'
import type { ClaimedDelivery, ToldAlert } from '../db/deliveries.repository.js'
import { fallbackDesk } from '../domain/delivery.js'
import type { AskedAlert, Question, ToTell } from '../domain/to-tell.js'
import type { AnswerLinks } from './answer-links.js'

/** What a message of the ledger says, as things stand when it is sent. */
export async function contentOf(claimed: ClaimedDelivery, links: Pick<AnswerLinks, 'urlFor'>): Promise<ToTell> {
  const { purpose, customer_id, told, merged } = claimed
  const alert = told.alert as FraudAlert
  switch (purpose) {
    case 'ops':
      return { kind: 'ops', alerts: [told, ...merged].map((one) => one.alert as OpsAlert) }
    case 'confirmation':
      return { kind: 'confirmation', alert, verdict: told.question?.verdict ?? 'legitimate' }
    case 'digest':
      return { kind: 'digest', alerts: await Promise.all([told, ...merged].map((one) => asked(one, claimed, links))) }
    case 'alert':
      return customer_id === fallbackDesk ? { kind: 'no_contact', alert } : { kind: 'alert', ...(await asked(told, claimed, links)) }
  }
}

async function asked({ alert, question }: ToldAlert, { channel, recipient }: ClaimedDelivery, links: Pick<AnswerLinks, 'urlFor'>): Promise<AskedAlert> {
  const fraudAlert = alert as FraudAlert
  // What was answered, or can be no more, is not asked.
  if (question === null || question.verdict !== null || question.expires_at <= Date.now()) return { alert: fraudAlert, question: null }
  const url = channel === 'email' ? await links.urlFor(fraudAlert.alert_id, question.expires_at) : ''
  const put: Question = { url, code: question.code, bySms: channel === 'sms' && question.phone === recipient }
  return { alert: fraudAlert, question: put }
}
