import { createTransport } from 'nodemailer'
import { expect, it } from 'vitest'

/** A recipient of this run: other tests use the same mailbox. */
const to = `ada-${Date.now()}@example.com`

interface Mail {
  subject: string
  text: string
  html: string
  to: { address: string }[]
  envelope: { to: { address: string }[] }
}

const mails = async (): Promise<Mail[]> =>
  (await fetch(`${process.env.MAILBOX_URL}/api/email?${new URLSearchParams({ 'to.address': to })}`)).json() as Promise<Mail[]>

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
