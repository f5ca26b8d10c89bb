import type { System } from '../system/system.js'

export interface Mail {
  readonly to: string
  readonly subject: string
  readonly text: string
}

export interface Sms {
  readonly from: string
  readonly to: string
  readonly body: string
}

/** A simulator of Twilio. */
export type Simulator = Pick<NonNullable<System['sms']>, 'url' | 'account' | 'token'>

/** How many e-mails lie in the local mailbox. */
export async function mailCount({ url }: NonNullable<System['mail']>): Promise<number> {
  const { total } = (await json(`${url}/api/email/summary?limit=1`)) as { total: number }
  return total
}

/** The newest e-mail to an address, or undefined. */
export async function newestMailTo({ url }: NonNullable<System['mail']>, address: string): Promise<Mail | undefined> {
  const mails = (await json(`${url}/api/email?to.address=${encodeURIComponent(address)}`)) as { subject: string; text: string; to: { address: string }[] }[]
  const newest = mails.at(-1)
  return newest && { to: newest.to.map((to) => to.address).join(', '), subject: newest.subject, text: newest.text }
}

/** SMS in the local simulator, to one number or to all, newest first. */
export async function smsSent(sms: Simulator, to?: string): Promise<Sms[]> {
  const found: Sms[] = []
  const query = `PageSize=1000${to === undefined ? '' : `&To=${encodeURIComponent(to)}`}`
  for (let path: string | null = `/2010-04-01/Accounts/${sms.account}/Messages.json?${query}`; path !== null; ) {
    const authorization = `Basic ${Buffer.from(`${sms.account}:${sms.token}`).toString('base64')}`
    const page = (await json(new URL(path, sms.url).href, { authorization })) as { messages: (Sms & { direction: string })[]; next_page_uri: string | null }
    // What people sent, and what was answered by return, is none of what the notifier sends.
    found.push(...page.messages.filter(({ direction }) => direction === 'outbound-api').map(({ from, to: number, body }) => ({ from, to: number, body })))
    path = page.next_page_uri
  }
  return found
}

/**
 * A person answers the newest SMS that they have, with the code that it asks for, if it does.
 *
 * @returns what they wrote
 */
export async function replyTo(sms: Simulator, phone: string, word: string): Promise<string> {
  const [newest] = await smsSent(sms, phone)
  const code = new RegExp(`\\b${word} (\\d\\d)\\b`).exec(newest?.body ?? '')?.[1]
  const body = code === undefined ? word : `${word} ${code}`
  const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ from: phone, to: newest?.from, body }) }
  const response = await fetch(`${sms.url}/simulator/inbound`, request)
  if (!response.ok) throw new Error(`the SMS of ${phone} was not taken: ${response.status} ${await response.text()}`)
  return body
}

async function json(url: string, headers: Record<string, string> = {}): Promise<unknown> {
  const response = await fetch(url, { headers })
  if (!response.ok) throw new Error(`GET ${url}: ${response.status} ${await response.text()}`)
  return response.json()
}
