import { mkdir } from 'node:fs/promises'
import { once } from 'node:events'
import { findPackageJSON } from 'node:module'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import { answers } from './http-health.js'
import { HOST } from './ports.js'
import type { Server } from './server.js'

/** Older mail is discarded, so that hours of traffic do not fill memory and disk. */
const NEWEST_KEPT = 10_000

/**
 * SMTP server that delivers nothing and keeps everything: MailDev. MAILBOX_URL is its page for people; its API is at
 * `MAILBOX_URL/api/email` (all, filter by `?to.address=…`) and `MAILBOX_URL/api/email/summary` (pages, with `total`).
 */
export const mailbox: Server = {
  name: 'mailbox',
  label: 'MailDev 3',
  needs: [],
  ports: ['smtp', 'mailbox'],

  async command(context) {
    const mails = join(context.dir, 'mails')
    await mkdir(mails, { recursive: true })
    const options = {
      'ip': HOST,
      'smtp': context.port('smtp'),
      'web-ip': HOST,
      'web': context.port('mailbox'),
      'mail-directory': mails,
      'max-emails': NEWEST_KEPT,
    }
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)])
    return { command: process.execPath, args: [program(), ...args], cwd: context.dir }
  },

  ready: async (context) =>
    (await answers(`http://${HOST}:${context.port('mailbox')}/api/healthz`)) && (await greets(context.port('smtp'))),

  env: (context) => ({
    SMTP_URL: `smtp://${HOST}:${context.port('smtp')}`,
    MAILBOX_URL: `http://${HOST}:${context.port('mailbox')}`,
  }),
}

/** An SMTP server speaks first: "220 …". */
export async function greets(port: number): Promise<boolean> {
  const socket = connect({ host: HOST, port })
  try {
    const [greeting] = (await once(socket, 'data', { signal: AbortSignal.timeout(2000) })) as [Buffer]
    return greeting.toString().startsWith('220')
  } finally {
    socket.destroy()
  }
}

function program(): string {
  const description = findPackageJSON('maildev', import.meta.url)
  if (description === undefined) throw new Error('the package maildev is not installed: npm install')
  return join(dirname(description), 'dist', 'bin', 'maildev.js')
}
