import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { ComposeProject } from './project.js'

/** The published test number that Anna holds in docker compose. */
const annasCard = '4111 1111 1111 1111'

/**
 * POST /v1/transactions of a swipe large enough to be asked about; tries again while nobody answers.
 *
 * @param more of the swipe
 * @param key its idempotency key, and what the client calls the request (X-Request-Id)
 */
export async function swipe({ urls }: ComposeProject, apiKey: string, merchant: string, more: Readonly<Record<string, unknown>> = {}, key: string = randomUUID()): Promise<Response> {
  const body = JSON.stringify({ card_number: annasCard, amount_minor: 899_900, currency: 'EUR', merchant_id: 'm-1', merchant_name: merchant, ...more })
  return within(120_000, `the API takes the swipe at ${merchant}`, async () => {
    const response = await fetch(`${urls.api}/v1/transactions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${apiKey}`, 'idempotency-key': key, 'x-request-id': key },
      body,
      signal: AbortSignal.timeout(10_000),
    })
    return response.status === 503 ? undefined : response
  })
}

/** Resolves when Anna has one e-mail about a payment at the merchant; gives its subject. @throws Error when she has more */
export async function annaIsWrittenTo(project: ComposeProject, merchant: string): Promise<string> {
  return within(120_000, `an e-mail tells of ${merchant}`, async () => only(await mailsOf(project, merchant), merchant))
}

/** Resolves when Anna has one SMS about a payment at the merchant; gives its text. @throws Error when she has more */
export async function annaHasSms(project: ComposeProject, merchant: string): Promise<string> {
  return within(120_000, `an SMS tells of ${merchant}`, async () => only(await smsOf(project, merchant), merchant))
}

function only(messages: readonly string[], merchant: string): string | undefined {
  if (messages.length > 1) throw new Twice(`${messages.length} messages of one kind tell of ${merchant}`)
  return messages[0]
}

class Twice extends Error {}

/** Subjects of the e-mails about a merchant, from Mailpit's API. */
async function mailsOf({ urls }: ComposeProject, merchant: string): Promise<string[]> {
  const response = await fetch(`${urls.mailbox}/api/v1/search?query=${encodeURIComponent(`"${merchant}"`)}`, { signal: AbortSignal.timeout(10_000) })
  const { messages } = (await response.json()) as { messages: { Subject: string; Snippet: string }[] }
  return messages.map(({ Subject }) => Subject)
}

/** Subjects of the e-mails to an address. */
export async function mailsTo({ urls }: ComposeProject, address: string): Promise<string[]> {
  const response = await fetch(`${urls.mailbox}/api/v1/search?query=${encodeURIComponent(`to:"${address}"`)}`, { signal: AbortSignal.timeout(10_000) })
  const { messages } = (await response.json()) as { messages: { Subject: string }[] }
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
