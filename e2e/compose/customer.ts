import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { ComposeProject } from './project.js'

/** The published test number that Anna holds in docker compose. */
const annasCard = '4111 1111 1111 1111'

/** POST /v1/transactions of a swipe large enough to be asked about; tries again while nobody answers. */
export async function swipe({ urls }: ComposeProject, apiKey: string, merchant: string): Promise<Response> {
  const key = randomUUID()
  const body = JSON.stringify({ card_number: annasCard, amount_minor: 899_900, currency: 'EUR', merchant_id: 'm-1', merchant_name: merchant })
  return within(120_000, `the API takes the swipe at ${merchant}`, async () => {
    const response = await fetch(`${urls.api}/v1/transactions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${apiKey}`, 'idempotency-key': key },
      body,
      signal: AbortSignal.timeout(10_000),
    })
    return response.status === 503 ? undefined : response
  })
}

/** Resolves when Anna has one e-mail and one SMS about a payment at the merchant. @throws Error when she has more */
export async function annaHears(project: ComposeProject, merchant: string): Promise<{ subject: string; sms: string }> {
  return within(120_000, `an e-mail and an SMS tell of ${merchant}`, async () => {
    const [mails, texts] = await Promise.all([mailsOf(project, merchant), smsOf(project, merchant)])
    if (mails.length > 1 || texts.length > 1) throw new Twice(`${mails.length} e-mails and ${texts.length} SMS tell of ${merchant}`)
    const [subject] = mails
    const [sms] = texts
    return subject === undefined || sms === undefined ? undefined : { subject, sms }
  })
}

class Twice extends Error {}

/** Subjects of the e-mails about a merchant, from Mailpit's API. */
async function mailsOf({ urls }: ComposeProject, merchant: string): Promise<string[]> {
  const response = await fetch(`${urls.mailbox}/api/v1/search?query=${encodeURIComponent(`"${merchant}"`)}`, { signal: AbortSignal.timeout(10_000) })
  const { messages } = (await response.json()) as { messages: { Subject: string; Snippet: string }[] }
  return messages.map(({ Subject }) => Subject)
}

/** Texts of the SMS about a merchant, from the page that people look at. An SMS may have no room for all of a name. */
async function smsOf({ urls }: ComposeProject, merchant: string): Promise<string[]> {
  const page = await (await fetch(urls.sms, { signal: AbortSignal.timeout(10_000) })).text()
  return page.split(/<[^>]*>/).filter((text) => text.includes(` bei ${merchant.slice(0, 10)}`))
}

/** Asks until there is an answer. An error counts as none, for servers are restarted meanwhile. */
export async function within<T>(ms: number, what: string, ask: () => Promise<T | undefined>): Promise<T> {
  let reason: unknown
  for (const deadline = Date.now() + ms; Date.now() < deadline; await delay(250)) {
    try {
      const answer = await ask()
      if (answer !== undefined) return answer
      reason = undefined
    } catch (error) {
      if (error instanceof Twice) throw error
      reason = error
    }
  }
  throw new Error(`not within ${ms / 1_000} s: ${what}`, { cause: reason })
}
