import { createTransport } from 'nodemailer'
import { expect, it } from 'vitest'

/** A recipient of this run: other tests use the same mailbox. */
const to = `ada-${Date.now()}@example.com`

interface Mail {
  subject: string
  text: string
}

/** Mails to the recipient, by the mailbox's own API. */
const mails = process.env.TEST_STACK === 'containers' ? mailpitMails : maildevMails

async function maildevMails(): Promise<Mail[]> {
  const found = await json<Mail[]>(`/api/email?${new URLSearchParams({ 'to.address': to })}`)
  return found.map(({ subject, text }) => ({ subject, text }))
}

async function mailpitMails(): Promise<Mail[]> {
  const { messages } = await json<{ messages: { ID: string; Subject: string }[] }>(`/api/v1/search?${new URLSearchParams({ query: `to:"${to}"` })}`)
  return Promise.all(messages.map(async ({ ID, Subject: subject }) => ({ subject, text: (await json<{ Text: string }>(`/api/v1/message/${ID}`)).Text })))
}

async function json<T>(path: string): Promise<T> {
  return (await (await fetch(`${process.env.MAILBOX_URL}${path}`)).json()) as T
}

it('takes what nodemailer sends, and shows it by its API and to people', async () => {
  const transport = createTransport(process.env.SMTP_URL)
  const sent = await transport.sendMail({
    from: 'Swipe Bank <alerts@example.com>',
    to,
    subject: 'Was this you? – 12,00 €',
    text: 'Grüße',
    html: '<p>Grüße</p>',
  })
  expect(sent.accepted).toEqual([to])
  transport.close()

  await expect.poll(mails, { timeout: 10_000 }).toEqual([expect.objectContaining({ subject: 'Was this you? – 12,00 €', text: expect.stringContaining('Grüße') })])
  const page = await fetch(process.env.MAILBOX_URL!, { headers: { accept: 'text/html' } })
  expect(page.headers.get('content-type')).toMatch(/^text\/html/)
})
