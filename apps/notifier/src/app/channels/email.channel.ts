import { createTransport, type NodemailerError } from 'nodemailer'
import { isEmailAddress } from '../../domain/contact.js'
import type { SendFailure } from '../../domain/failure.js'
import type { Sender } from '../../domain/sender.js'
import { smtpFailure } from '../../domain/smtp-failure.js'
import type { Texts } from '../../domain/to-tell.js'
import { type MessageChannel, RecipientInvalid } from './channel.js'

export interface EmailOptions {
  /** `smtp:` or `smtps:`, with nodemailer's connection options as query. */
  readonly url: string
  readonly from: Sender
  readonly concurrency: number
  readonly texts: Texts
}

/** Longest waits of one attempt, in milliseconds. */
const waits = { dnsTimeout: 10_000, connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 45_000 }

/** E-mail over a pool of SMTP connections. */
export function emailChannel({ url, from, concurrency, texts }: EmailOptions): MessageChannel {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: concurrency,
    maxMessages: 1_000,
    // Once, for a connection the server dropped while it was idle; everything else is decided by the ledger.
    maxRequeues: 1,
    // A message is text and HTML of our own: nothing in it may be read from files or addresses.
    disableFileAccess: true,
    disableUrlAccess: true,
    ...waits,
  })
  const domain = from.address.slice(from.address.lastIndexOf('@') + 1)

  return {
    name: 'email',
    concurrency,

    async send({ id, recipient, content, addressee }, signal) {
      if (!isEmailAddress(recipient)) throw new RecipientInvalid('not an e-mail address')
      const { messageId } = await transport.sendMail({
        ...texts.email(content, addressee),
        from: { ...from },
        to: { name: '', address: recipient },
        envelope: { from: from.address, to: [recipient] },
        // Made of the delivery's id: a message that went out twice bears the same id twice, and mail clients show one.
        messageId: `<${id}@${domain}>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
        signal,
      })
      return messageId
    },

    failureOf: (error) => emailFailure(error),

    close() {
      transport.close()
    },
  }
}

function emailFailure(error: unknown): SendFailure {
  if (error instanceof RecipientInvalid) return error.asFailure()
  if (!(error instanceof Error)) return smtpFailure({ message: String(error) })
  const { message, code, responseCode, command } = error as NodemailerError
  return smtpFailure({ message, code, responseCode, command })
}
