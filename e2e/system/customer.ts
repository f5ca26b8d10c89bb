import { randomUUID } from 'node:crypto'
import type { LogDocument, RunningSystem } from './running-system.js'
import { within, Wrong } from './within.js'

/** The published test number that Anna holds. */
const annasCard = '4111 1111 1111 1111'

/**
 * POST /v1/transactions of a swipe large enough to be asked about; tries again while nobody answers.
 *
 * @param more of the swipe
 * @param key its idempotency key, and what the client calls the request (X-Request-Id)
 */
export async function swipe({ urls, keys }: RunningSystem, merchant: string, more: Readonly<Record<string, unknown>> = {}, key: string = randomUUID(), apiKey: string = keys.api): Promise<Response> {
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
export async function annaIsWrittenTo(system: RunningSystem, merchant: string): Promise<string> {
  return within(120_000, `an e-mail tells of ${merchant}`, async () => only(await system.mails({ merchant }), merchant))
}

/** Resolves when Anna has one SMS about a payment at the merchant; gives its text. @throws Error when she has more */
export async function annaHasSms(system: RunningSystem, merchant: string): Promise<string> {
  return within(120_000, `an SMS tells of ${merchant}`, async () => only(await smsOf(system, merchant), merchant))
}

function only(messages: readonly string[], merchant: string): string | undefined {
  if (messages.length > 1) throw new Wrong(`${messages.length} messages of one kind tell of ${merchant}`)
  return messages[0]
}

/** Texts of the SMS about a merchant, from the page that people look at. An SMS may have no room for all of a name. */
async function smsOf({ urls }: RunningSystem, merchant: string): Promise<string[]> {
  const page = await (await fetch(urls.sms, { signal: AbortSignal.timeout(10_000) })).text()
  return page.split(/<[^>]*>/).filter((text) => text.includes(` bei ${merchant.slice(0, 10)}`))
}

/** Resolves when lines of a request, which the client gave this id, are in the index, with this answer. */
export function isIndexed(system: RunningSystem, requestId: string, status: number): Promise<LogDocument[]> {
  return within(120_000, `request ${requestId}, answered by ${status}, is in the index`, async () => {
    const found = await system.logs({ bool: { filter: [{ term: { 'http.request.id': requestId } }, { term: { 'http.response.status_code': status } }] } })
    return found.length > 0 ? found : undefined
  })
}
