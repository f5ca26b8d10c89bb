import type { SendFailure } from './failure.js'
import { withoutAddresses } from './masking.js'

/** What nodemailer tells of a failed send (its `NodemailerError`), as far as it matters here. */
export interface SmtpError {
  readonly message: string
  /** nodemailer's own code, such as `EENVELOPE`. */
  readonly code?: string | undefined
  /** The server's reply code, such as 550. */
  readonly responseCode?: number | undefined
  /** The command the server replied to: `MAIL FROM`, `RCPT TO`, `DATA`, `AUTH …`, `CONN`; `API` when nothing was sent. */
  readonly command?: string | undefined
}

/** The client's codes for a server that does not answer, or not as an SMTP server does. */
const noConversation = new Set(['ECONNECTION', 'ESOCKET', 'ETIMEDOUT', 'EDNS', 'ETLS', 'EREQUIRETLS', 'EPROTOCOL', 'EPROXY', 'EABORT', 'EMAXLIMIT'])

const credentials = new Set(['EAUTH', 'ENOAUTH', 'EOAUTH2'])

/**
 * What a failed e-mail comes to, by RFC 5321 (reply codes, section 4.2) and RFC 4954 (authentication):
 *
 * | reply | to | comes to |
 * | --- | --- | --- |
 * | 5yz but 503 | RCPT TO, DATA | final: this address or message is refused |
 * | 4yz but 421, or 503 | RCPT TO, DATA | message: greylisting, a full mailbox |
 * | 5yz | AUTH; 530, 535, 538 anywhere | channel, wrong SMTP_URL |
 * | 5yz | MAIL FROM | channel, wrong MAIL_FROM |
 * | 421; 4yz | anything; AUTH, MAIL FROM | channel: the server is busy or going away |
 * | any | greeting, EHLO, STARTTLS | channel: it does not serve us |
 * | none | | channel, for connection, DNS, TLS and time-outs |
 * | none | | final, for an envelope nodemailer itself refuses |
 *
 * What nobody knows is tried again: an error in this program must not lose a message.
 */
export function smtpFailure({ message, code, responseCode, command }: SmtpError): SendFailure {
  const reason = withoutAddresses(message)
  const reply = responseCode === undefined ? code ?? 'SMTP_UNKNOWN' : `SMTP_${responseCode}`
  const channel = (wrongVariable?: string): SendFailure => ({ scope: 'channel', code: reply, reason, ...(wrongVariable && { wrongVariable }) })

  if (code !== undefined && credentials.has(code)) return isTemporary(responseCode) ? channel() : channel('SMTP_URL')
  if (code === 'ECONFIG') return channel('SMTP_URL')
  if (code !== undefined && noConversation.has(code)) return channel()
  if (responseCode === 530 || responseCode === 535 || responseCode === 538) return channel('SMTP_URL')
  if (responseCode === 421) return channel()
  if (command === 'MAIL FROM' && responseCode !== undefined) return isTemporary(responseCode) ? channel() : channel('MAIL_FROM')

  const refused = code === 'EENVELOPE' || code === 'EMESSAGE'
  const scope = refused && !isTemporary(responseCode) ? 'final' : 'message'
  return { scope, code: reply, reason }
}

/** 503, "bad sequence of commands", is about the session, not the message. */
function isTemporary(responseCode: number | undefined): boolean {
  return responseCode !== undefined && (responseCode < 500 || responseCode === 503)
}
