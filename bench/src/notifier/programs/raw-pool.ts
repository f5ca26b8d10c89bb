/** The peer: e-mails that were made beforehand, through a pool of nodemailer and nothing else. */
import { createTransport } from 'nodemailer'
import { tell, whenAsked } from '../../child.js'
import { recipientOf } from '../holders.js'
import type { RawPoolTask } from '../sides.js'

const { BENCH_TASK = '' } = process.env
const { url, connections, messages, text, html } = JSON.parse(BENCH_TASK) as RawPoolTask
// As the notifier's own, but for what it needs to be safe from what others write.
const transport = createTransport({ url, pool: true, maxConnections: connections, maxMessages: 1_000 })
whenAsked(async () => transport.close())

const made = Array.from({ length: messages }, (_, n) => ({
  from: 'Swipestream <alerts@swipestream.example>',
  to: recipientOf(n),
  subject: 'We declined a payment of EUR 1,499.00 on your card ending 1234',
  text,
  html,
}))
tell('started')
// So that each connection finds a message when it has room for one, and not all are held in their encoded form at once.
const waiting = made.values()
await Promise.all(Array.from({ length: 2 * connections }, async () => {
  for (const message of waiting) await transport.sendMail(message)
}))
