/** A mail server that accepts everything, keeps nothing, and tells whoever started it what it accepted, from whom, and when. */
import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerSession } from 'smtp-server'
import { tell, whenAsked } from '../../child.js'
import { now } from '../../messaging/meter.js'
import type { MailServerSays } from '../mail-server.js'
import type { Receipt } from '../receipts.js'

/** How often it tells, in milliseconds; also when there is nothing: its silence would be taken for its end. */
const tellMs = 50

const { BENCH_SLOWEST_MS = '0' } = process.env
/** How long it takes to accept a message, at the most, in milliseconds; how long exactly is chance. */
const slowestMs = Number(BENCH_SLOWEST_MS)

let receipts: Receipt[] = []
let samples: [client: string, source: string][] = []
const sampled = new Set<string>()

const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['AUTH', 'STARTTLS'],
  disableReverseLookup: true,
  logger: false,
  onData(stream, session, callback) {
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.once('end', () => {
      const message = Buffer.concat(chunks)
      // Whether or not anybody waits for the answer: what has come whole is accepted.
      const accept = (): void => {
        note(message, session)
        callback()
      }
      if (slowestMs === 0) accept()
      else setTimeout(accept, Math.random() * slowestMs)
    })
  },
})
server.on('error', (error: NodeJS.ErrnoException) => {
  // A client that was killed in the middle of its talk is none of the server's troubles.
  if (error.code !== 'ECONNRESET') console.error(`the mail server: ${error.message}`)
})
server.listen(0, '127.0.0.1', () => tell((server.server.address() as AddressInfo).port))

const telling = setInterval(() => {
  tell({ receipts, samples } satisfies MailServerSays)
  receipts = []
  samples = []
}, tellMs)

whenAsked(async () => {
  clearInterval(telling)
  server.close()
})

function note(message: Buffer, session: SMTPServerSession): void {
  const client = session.hostNameAppearsAs
  const head = message.toString('latin1', 0, Math.max(0, message.indexOf('\r\n\r\n')))
  const [, messageId = ''] = /^message-id:\s*(\S+)/im.exec(head) ?? []
  receipts.push({ messageId, recipient: session.envelope.rcptTo[0]?.address ?? '', client, at: now(), bytes: message.length })
  if (sampled.has(client)) return
  sampled.add(client)
  samples.push([client, message.toString()])
}
