import { type Route, routed } from './route.js'
import { signatureOf } from './signature.js'

/** How a webhook is called. */
export interface WebhookOptions {
  authToken: string
  /** What stands before it. */
  route: Route | undefined
  signal: AbortSignal
}

/** How long Twilio waits for the answer of a webhook, ms. */
const TIMEOUT = 15_000

/** Calls a webhook as Twilio does: a form, signed for the address that is called. */
export async function callWebhook(url: string, parameters: Readonly<Record<string, string>>, { authToken, route, signal }: WebhookOptions): Promise<Response> {
  return await fetch(routed(url, route), {
    method: 'POST',
    headers: { 'X-Twilio-Signature': signatureOf(authToken, url, parameters), 'User-Agent': 'TwilioProxy/1.1' },
    body: new URLSearchParams(parameters),
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT)]),
  })
}

/** Why there was no answer. */
export function causeOf(error: unknown): string {
  return error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error)
}
