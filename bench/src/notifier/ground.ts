import { randomBytes } from 'node:crypto'
import { eventually, testBackbone, type TestBackbone, testDatabase } from '@swipestream/messaging/testing'
import { Client } from 'pg'
import { startService } from '../service-process.js'
import type { Bench } from './bench.js'
import { connections } from './goals.js'
import { holderEvents } from './holders.js'

/** Alerts, or holders, that are written together. */
const chunk = 2_000
/** How long the notifier may take to read all holders, in milliseconds. */
const readingMs = 300_000

/** Topics and a database of a notifier of its own. */
export interface Ground extends Omit<TestBackbone, 'env' | 'close'> {
  /** What the notifier needs in its environment, but for its mail server. */
  readonly env: Readonly<Record<string, string>>
  /** Its database, to look at. */
  readonly session: Client
  /** Writes what is made of each number from 0, in chunks. */
  fill(count: number, events: (n: number) => Parameters<TestBackbone['publish']>[0]): Promise<void>
  /** E-mails in the ledger, by their status. */
  emails(): Promise<ReadonlyMap<string, number>>
  close(): Promise<void>
}

const secret = (): string => `1:${randomBytes(32).toString('base64')}`

export async function prepareGround({ stack }: Bench): Promise<Ground> {
  // Where it looks for its servers, as tests do.
  Object.assign(process.env, stack.env)
  const backbone = await testBackbone(undefined, stack.env)
  const database = await testDatabase()
  const session = new Client({ connectionString: database.url })
  await session.connect()
  return {
    ...backbone,
    session,
    env: {
      ...backbone.env,
      DATABASE_URL: database.url,
      // Its default, which the peer has too, and the window of a kill is told by.
      EMAIL_CONCURRENCY: String(connections),
      // Nobody here has a number, and nothing goes to anybody's account.
      TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
      TWILIO_AUTH_TOKEN: 'none',
      TWILIO_FROM: '+15005550006',
      TWILIO_API_URL: 'http://127.0.0.1:1',
      PUBLIC_URL: 'https://alerts.swipestream.example',
      ANSWER_KEYS: secret(),
      CUSTOMER_TOKEN_KEYS: secret(),
      NOTIFIER_API_KEYS: `bench:${randomBytes(32).toString('hex')}:silences:read`,
    },
    async fill(count, events) {
      for (let from = 0; from < count; from += chunk) {
        await backbone.publish(Array.from({ length: Math.min(chunk, count - from) }, (_, i) => events(from + i)).flat())
      }
    },
    async emails() {
      const { rows } = await session.query<{ status: string; count: number }>(`SELECT status, count(*)::int AS count FROM deliveries WHERE channel = 'email' GROUP BY status`)
      return new Map(rows.map(({ status, count }) => [status, count]))
    },
    async close() {
      await session.end()
      await backbone.close()
      await database.drop()
    },
  }
}

/** Makes so many holders known to the notifier, which reads them and ends. */
export async function makeKnown(ground: Ground, holders: number, smtpUrl: string, logFile: string): Promise<void> {
  await ground.fill(holders, holderEvents)
  const notifier = await startService('notifier', { ...ground.env, SMTP_URL: smtpUrl }, logFile)
  try {
    await eventually(
      async () => {
        notifier.check()
        const { rows } = await ground.session.query<{ known: number }>(`SELECT count(*)::int AS known FROM cards JOIN customers USING (customer_id)`)
        if (rows[0]?.known !== holders) throw new Error(`the notifier knows ${rows[0]?.known} of ${holders} holders`)
        return true
      },
      { timeoutMs: readingMs, intervalMs: 200 },
    )
  } finally {
    await notifier.stop()
  }
}
