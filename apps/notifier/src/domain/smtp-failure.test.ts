import { describe, expect, it } from 'vitest'
import { smtpFailure } from './smtp-failure.js'

describe('a failed e-mail', () => {
  it.each([
    // what, nodemailer's code, the server's reply, the command; scope, wrong variable
    ['mailbox unknown', 'EENVELOPE', 550, 'RCPT TO', 'final', undefined],
    ['mailbox name not allowed', 'EENVELOPE', 553, 'RCPT TO', 'final', undefined],
    ['mailbox full', 'EENVELOPE', 452, 'RCPT TO', 'message', undefined],
    ['greylisted', 'EENVELOPE', 450, 'RCPT TO', 'message', undefined],
    ['bad sequence of commands', 'EENVELOPE', 503, 'RCPT TO', 'message', undefined],
    ['content refused', 'EMESSAGE', 554, 'DATA', 'final', undefined],
    ['DATA refused', 'EENVELOPE', 554, 'DATA', 'final', undefined],
    ['content could not be checked now', 'EMESSAGE', 451, 'DATA', 'message', undefined],
    ['larger than the server takes', 'EMESSAGE', undefined, 'MAIL FROM', 'final', undefined],
    ['an envelope the client refuses', 'EENVELOPE', undefined, 'API', 'final', undefined],
    ['server going away', 'EENVELOPE', 421, 'RCPT TO', 'channel', undefined],
    ['too many connections', 'EPROTOCOL', 421, 'CONN', 'channel', undefined],
    ['no service for us', 'EPROTOCOL', 554, 'CONN', 'channel', undefined],
    ['sender refused', 'EENVELOPE', 550, 'MAIL FROM', 'channel', 'MAIL_FROM'],
    ['sender deferred', 'EENVELOPE', 451, 'MAIL FROM', 'channel', undefined],
    ['authentication required', 'EENVELOPE', 530, 'MAIL FROM', 'channel', 'SMTP_URL'],
    ['wrong password', 'EAUTH', 535, 'AUTH PLAIN', 'channel', 'SMTP_URL'],
    ['no password', 'EAUTH', undefined, 'API', 'channel', 'SMTP_URL'],
    ['authentication server away', 'EAUTH', 454, 'AUTH PLAIN', 'channel', undefined],
    ['connection refused', 'ESOCKET', undefined, 'CONN', 'channel', undefined],
    ['connection closed', 'ECONNECTION', undefined, 'CONN', 'channel', undefined],
    ['connection lost after the data', 'ECONNECTION', undefined, 'DATA', 'channel', undefined],
    ['no answer in time', 'ETIMEDOUT', undefined, 'CONN', 'channel', undefined],
    ['host name unknown', 'EDNS', undefined, 'CONN', 'channel', undefined],
    ['certificate not trusted', 'ETLS', undefined, 'CONN', 'channel', undefined],
    ['cancelled after the time it may take', 'EABORT', undefined, undefined, 'channel', undefined],
    ['settings without sense', 'ECONFIG', undefined, undefined, 'channel', 'SMTP_URL'],
    ['an error of this program', undefined, undefined, undefined, 'message', undefined],
  ] as const)('%s (%s, %s to %s) concerns the %s', (message, code, responseCode, command, scope, wrongVariable) => {
    const failure = smtpFailure({ message, code, responseCode, command })
    expect(failure.scope).toBe(scope)
    expect(failure.wrongVariable).toBe(wrongVariable)
  })

  it("is named by the server's reply, else by the client's code", () => {
    expect(smtpFailure({ message: 'x', code: 'EENVELOPE', responseCode: 550, command: 'RCPT TO' }).code).toBe('SMTP_550')
    expect(smtpFailure({ message: 'x', code: 'ESOCKET' }).code).toBe('ESOCKET')
    expect(smtpFailure({ message: 'x' }).code).toBe('SMTP_UNKNOWN')
  })

  it('does not repeat the address', () => {
    expect(smtpFailure({ message: '550 <jane@example.org> unknown', code: 'EENVELOPE', responseCode: 550 }).reason).toBe('550 <***> unknown')
  })
})
