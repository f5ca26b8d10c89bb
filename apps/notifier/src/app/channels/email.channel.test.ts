import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { afterEach, describe, expect, it } from 'vitest'
import { exampleAlert } from '../../domain/example-alert.js'
import { shippedTexts as texts } from '../texts/shipped.fixture.js'
import type { MessageChannel, MessageToSend } from './channel.js'
import { emailChannel } from './email.channel.js'

/** A mail server that answers as told: by command, `MESSAGE` for the end of the data; 250 to everything else. */
class ScriptedMailServer {
  readonly received: string[] = []
  readonly commands: string[] = []
  readonly #server: Server

  private constructor(private readonly script: Readonly<Record<string, string | (() => string)>>) {
    this.#server = createServer((socket) => {
      this.#converse(socket).catch((error: unknown) => socket.destroy(error as Error))
    })
  }

  static async start(script: Readonly<Record<string, string | (() => string)>> = {}): Promise<ScriptedMailServer> {
    const server = new ScriptedMailServer(script)
    await once(server.#server.listen(0, '127.0.0.1'), 'listening')
    return server
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async stop(): Promise<void> {
    this.#server.close()
    await once(this.#server, 'close')
  }

  async #converse(socket: Socket): Promise<void> {
    const say = (line: string): void => void socket.write(`${line}\r\n`)
    const scripted = (what: string): string | undefined => {
      const answer = this.script[what]
      return typeof answer === 'function' ? answer() : answer
    }
    socket.on('error', () => undefined) // the client hangs up as it likes
    say(scripted('CONN') ?? '220 scripted')
    let data: string[] | undefined
    for await (const line of createInterface({ input: socket })) {
      if (data) {
        if (line !== '.') {
          data.push(line)
          continue
        }
        this.received.push(data.join('\r\n'))
        data = undefined
        const answer = scripted('MESSAGE') ?? '250 kept'
        if (answer === 'HANG UP') return void socket.destroy()
        say(answer)
        continue
      }
      this.commands.push(line)
      const command = ['MAIL FROM', 'RCPT TO', 'EHLO', 'AUTH', 'DATA', 'QUIT'].find((name) => line.startsWith(name)) ?? line
      if (command === 'EHLO') say(scripted('EHLO') ?? '250 scripted')
      else if (command === 'QUIT') return void socket.end('221 bye\r\n')
      else {
        const answer = scripted(command)
        if (command === 'DATA' && answer === undefined) data = []
        say(answer ?? (command === 'DATA' ? '354 go on' : '250 fine'))
      }
    }
  }
}

describe('the e-mail channel', () => {
  let server: ScriptedMailServer | undefined
  let channel: MessageChannel | undefined

  afterEach(async () => {
    channel?.close()
    await server?.stop()
    server = channel = undefined
  })

  const from = { name: 'Your Bank, Alerts', address: 'alerts@bank.example' }
  const message = (changes: Partial<MessageToSend> = {}): MessageToSend => ({
    id: '0199a1b2-c3d4-7000-8000-0000000000aa',
    recipient: 'jane@example.org',
    content: { kind: 'alert', alert: exampleAlert(), question: null },
    addressee: { given_name: 'Jane', time_zone: 'Europe/Berlin', language: 'en' },
    ...changes,
  })
  const signal = new AbortController().signal

  async function channelTo(script?: Readonly<Record<string, string | (() => string)>>, url = (base: string) => base): Promise<MessageChannel> {
    server = await ScriptedMailServer.start(script)
    channel = emailChannel({ url: url(server.url), from, concurrency: 2, texts })
    return channel
  }

  async function failureOf(sending: MessageChannel, sent = message()) {
    const error: unknown = await sending.send(sent, signal).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    expect(error).toBeDefined()
    return sending.failureOf(error)
  }

  it("sends text and HTML, under a Message-ID made of the delivery's id", async () => {
    const sending = await channelTo()
    expect(await sending.send(message(), signal)).toBe('<0199a1b2-c3d4-7000-8000-0000000000aa@bank.example>')
    const [mail = ''] = server?.received ?? []
    expect(mail).toContain('Message-ID: <0199a1b2-c3d4-7000-8000-0000000000aa@bank.example>')
    expect(mail).toContain('From: "Your Bank, Alerts" <alerts@bank.example>')
    expect(mail).toContain('To: jane@example.org')
    expect(mail).toContain('Subject: We declined a payment of EUR 1,499.00 on your card ending 1234')
    expect(mail).toContain('Auto-Submitted: auto-generated')
    expect(mail).toContain('Content-Type: text/plain; charset=utf-8')
    expect(mail).toContain('Content-Type: text/html; charset=utf-8')
  })

  it('sends the same Message-ID when it sends again', async () => {
    const sending = await channelTo()
    expect(await sending.send(message(), signal)).toBe(await sending.send(message(), signal))
  })

  it('lets no name add a header or a recipient', async () => {
    const sending = await channelTo()
    const hostile = 'x\r\nBcc: eve@example.org\r\n\r\n<b>hi'
    const alert = exampleAlert({ merchant_name: hostile, card_last4: '1\r\n2', currency: 'E\nR', country: hostile })
    await sending.send(message({ content: { kind: 'alert', alert, question: null }, addressee: { given_name: hostile, time_zone: hostile, language: hostile } }), signal)
    const head = (server?.received[0] ?? '').split('\r\n\r\n')[0] ?? ''
    const headers = head.split('\r\n').filter((line) => !/^\s/.test(line)).map((line) => line.slice(0, line.indexOf(':')))
    expect(headers.sort()).toEqual(['Auto-Submitted', 'Content-Type', 'Date', 'From', 'MIME-Version', 'Message-ID', 'Subject', 'To'])
    expect(server?.commands.filter((command) => command.startsWith('RCPT'))).toEqual(['RCPT TO:<jane@example.org>'])
  })

  it.each(['jane', 'jane@example.org, eve@example.org', 'jane@example.org\r\nRCPT TO:<eve@example.org>'])(
    'does not ask the server about %j',
    async (recipient) => {
      const sending = await channelTo()
      expect(await failureOf(sending, message({ recipient }))).toMatchObject({ scope: 'final', code: 'RECIPIENT_INVALID' })
      expect(server?.commands).toEqual([])
    },
  )

  it.each([
    ['an unknown mailbox', { 'RCPT TO': '550 5.1.1 no such user' }, { scope: 'final', code: 'SMTP_550' }],
    ['greylisting', { 'RCPT TO': '450 4.2.0 later' }, { scope: 'message', code: 'SMTP_450' }],
    ['refused content', { MESSAGE: '554 5.6.0 no' }, { scope: 'final', code: 'SMTP_554' }],
    ['a refused sender', { 'MAIL FROM': '550 5.7.1 not you' }, { scope: 'channel', code: 'SMTP_550', wrongVariable: 'MAIL_FROM' }],
    ['a server that asks for a login', { 'MAIL FROM': '530 5.7.0 log in' }, { scope: 'channel', code: 'SMTP_530', wrongVariable: 'SMTP_URL' }],
    ['a server going away', { 'RCPT TO': '421 4.3.2 going down' }, { scope: 'channel', code: 'SMTP_421' }],
    ['a server that refuses service', { CONN: '554 no service' }, { scope: 'channel', code: 'SMTP_554' }],
    ['a connection lost before the answer', { MESSAGE: 'HANG UP' }, { scope: 'channel', code: 'ECONNECTION' }],
  ])('understands %s', async (_what, script, failure) => {
    expect(await failureOf(await channelTo(script))).toMatchObject(failure)
  })

  it('sends a message once when the connection is lost before the answer: what follows is for the ledger to decide', async () => {
    const sending = await channelTo({ MESSAGE: 'HANG UP' })
    await failureOf(sending)
    expect(server?.received).toHaveLength(1)
  })

  it('understands a wrong password', async () => {
    const script = { EHLO: '250-scripted\r\n250 AUTH PLAIN', AUTH: '535 5.7.8 wrong' }
    const sending = await channelTo(script, (base) => base.replace('smtp://', 'smtp://user:wrong@'))
    expect(await failureOf(sending)).toMatchObject({ scope: 'channel', code: 'SMTP_535', wrongVariable: 'SMTP_URL' })
  })

  it('understands a server that is not there', async () => {
    const sending = await channelTo()
    await server?.stop()
    server = undefined
    expect(await failureOf(sending)).toMatchObject({ scope: 'channel', code: 'ESOCKET' })
  })

  it('goes on after a refused recipient', async () => {
    let refusals = 1
    const sending = await channelTo({ 'RCPT TO': () => (refusals-- > 0 ? '550 no' : '250 yes') })
    expect(await failureOf(sending)).toMatchObject({ scope: 'final' })
    await sending.send(message(), signal)
    expect(server?.received).toHaveLength(1)
  })

  it('ends an attempt that is cancelled', async () => {
    const sending = await channelTo()
    expect(sending.failureOf(await sending.send(message(), AbortSignal.abort()).catch((error: unknown) => error))).toMatchObject({ scope: 'channel', code: 'EABORT' })
  })
})
