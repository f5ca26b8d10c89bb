/** What the mail server can take: one and the same message again and again, by a client that does nothing but write to its sockets. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { whenAsked } from '../../child.js'
import type { SmtpLoadTask } from '../mail-server.js'

const { BENCH_TASK = '' } = process.env
const { port, client, connections, messages, source } = JSON.parse(BENCH_TASK) as SmtpLoadTask
/** MAIL, RCPT and DATA go together (PIPELINING, RFC 2920), as nodemailer sends them: three answers, then the message and one more. */
const envelope = 'MAIL FROM:<alerts@swipestream.example>\r\nRCPT TO:<nobody@customers.example>\r\nDATA\r\n'
const message = `${source.replaceAll(/^\./gm, '..')}\r\n.\r\n`
const sockets: Socket[] = []
whenAsked(async () => {
  for (const socket of sockets) socket.destroy()
})

let left = messages
await Promise.all(Array.from({ length: connections }, talk))

async function talk(): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  sockets.push(socket)
  const answers = answersOf(socket)
  await answers(1)
  socket.write(`EHLO ${client}\r\n`)
  await answers(1)
  while (left-- > 0) {
    socket.write(envelope)
    await answers(3)
    socket.write(message)
    await answers(1)
  }
}

/** Waits for so many answers: lines whose code is followed by a blank (RFC 5321, 4.2.1). */
function answersOf(socket: Socket): (count: number) => Promise<void> {
  let text = ''
  return async (count) => {
    for (let got = 0; got < count; ) {
      const end = text.indexOf('\r\n')
      if (end === -1) {
        text += String((await once(socket, 'data'))[0])
        continue
      }
      const line = text.slice(0, end)
      text = text.slice(end + 2)
      if (!/^[23]/.test(line)) throw new Error(`the mail server answered ${line}`)
      if (line[3] === ' ') got++
    }
  }
}
