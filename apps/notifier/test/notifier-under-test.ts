import { type Card, cards, type Customer, customers, type FraudAlert, type Purpose, uuidv7 } from '@swipestream/contracts'
import { KafkaStrategy } from '@swipestream/messaging'
import { eventually, testBackbone, type TestBackbone, testDatabase } from '@swipestream/messaging/testing'
import { apiKeyEntry, loadConfig, type RunningService, startService } from '@swipestream/platform'
import { freePort, startStack, type Stack } from '@swipestream/stack'
import { DataSource } from 'typeorm'
import { AppModule } from '../src/app.module.js'
import { configSchema } from '../src/config.js'
import { exampleAlert } from '../src/domain/example-alert.js'
import { bodyLimit, setUpHttp } from '../src/http/setup.js'

/** The key that may read and write silences is `silences-key`. */
export const settings = {
  PUBLIC_URL: 'http://127.0.0.1:1',
  ANSWER_KEYS: `1:${Buffer.alloc(32, 1).toString('base64')}`,
  CUSTOMER_TOKEN_KEYS: `1:${Buffer.alloc(32, 2).toString('base64')}`,
  NOTIFIER_API_KEYS: apiKeyEntry('tests', 'silences-key', ['silences:read', 'silences:write']),
  ON_CALL_EMAILS: 'on-call@bank.example',
  FALLBACK_EMAIL: 'fraud-desk@bank.example',
}

/** An e-mail as MailDev shows it. */
export interface Mail {
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly to: readonly { readonly address: string }[]
  readonly headers: Readonly<Record<string, unknown>>
}

/** An SMS as the simulator of Twilio shows it. */
export interface Sms {
  readonly sid: string
  readonly to: string
  readonly body: string
  readonly num_segments: string
}

export interface LedgerRow {
  readonly id: string
  readonly alert_id: string
  readonly channel: 'email' | 'sms' | 'app'
  readonly recipient: string
  readonly status: 'queued' | 'sending' | 'sent' | 'delivered' | 'failed' | 'merged' | 'silenced'
  readonly attempts: number
  readonly purpose: Purpose
  readonly merged_into: string | null
  readonly fallbacks: readonly string[]
  readonly next_attempt_at: Date
  readonly provider_message_id: string | null
  readonly last_error: string | null
}

/**
 * The service on Kafka, registry and PostgreSQL of the tests' stack, with topics and a database of its own, and with a
 * mail server and a Twilio simulator of its own, which a test may kill.
 */
export class NotifierUnderTest {
  readonly #instances: RunningService[] = []

  private constructor(
    readonly backbone: TestBackbone,
    readonly providers: Stack,
    readonly database: DataSource,
    private readonly dropDatabase: () => Promise<void>,
    private readonly databaseUrl: string,
  ) {}

  static async create(): Promise<NotifierUnderTest> {
    const [backbone, providers, { url, drop }] = await Promise.all([
      testBackbone(),
      startStack({ servers: ['mailbox', 'twilio'] }),
      testDatabase(),
    ])
    const database = await new DataSource({ type: 'postgres', url }).initialize()
    return new NotifierUnderTest(backbone, providers, database, drop, url)
  }

  /** Starts one more instance. */
  async start(changes: NodeJS.ProcessEnv = {}): Promise<RunningService> {
    const env = { ...this.backbone.env, ...this.providers.env, ...settings, DATABASE_URL: this.databaseUrl, LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'silent', ...changes }
    const config = loadConfig(configSchema, env)
    const module = AppModule.of(config)
    const strategy = (app: RunningService['app']) => app.get(KafkaStrategy)
    const service = await startService({ name: 'notifier', module, config, bodyLimit, strategy, setup: setUpHttp, ownsProcess: false })
    this.#instances.push(service)
    await service.started
    return service
  }

  /** Starts an instance that the simulator of Twilio can call: with what became of SMS, and with what customers reply. */
  async startReachable(changes: NodeJS.ProcessEnv = {}): Promise<RunningService> {
    const port = await freePort()
    const url = `http://127.0.0.1:${port}`
    const service = await this.start({ HTTP_PORT: String(port), PUBLIC_URL: url, ...changes })
    const body = JSON.stringify({ url: `${url}/v1/twilio/inbound` })
    await fetch(`${this.providers.env['TWILIO_API_URL']}/simulator/inbound-url`, { method: 'PUT', headers: { 'content-type': 'application/json' }, body })
    return service
  }

  /** A customer sends an SMS that only the provider hears of: the service is told of none. */
  async providerHears(from: string, text: string): Promise<void> {
    const { TWILIO_API_URL, TWILIO_FROM } = this.providers.env
    const post = (path: string, method: string, body: unknown) =>
      fetch(`${TWILIO_API_URL}${path}`, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
    // Nothing listens there.
    await post('/simulator/inbound-url', 'PUT', { url: 'http://127.0.0.1:9/' })
    await post('/simulator/inbound', 'POST', { from, to: TWILIO_FROM, body: text })
  }

  /** A customer sends an SMS; gives what is answered by return. */
  async reply(from: string, text: string): Promise<string[]> {
    const { TWILIO_API_URL, TWILIO_FROM } = this.providers.env
    const body = JSON.stringify({ from, to: TWILIO_FROM, body: text })
    const response = await fetch(`${TWILIO_API_URL}/simulator/inbound`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    const { webhookStatus, replies } = (await response.json()) as { webhookStatus: number; replies: { body: string }[] }
    if (webhookStatus !== 200) throw new Error(`the service answered an SMS with ${webhookStatus}`)
    return replies.map((reply) => reply.body)
  }

  async stopInstances(): Promise<void> {
    await Promise.all(this.#instances.splice(0).map((instance) => instance.stop()))
  }

  async close(): Promise<void> {
    await this.stopInstances()
    await this.database.destroy()
    await Promise.all([this.backbone.close(), this.providers.stop(), this.dropDatabase()])
  }

  /** Everything in the mailbox. */
  async mails(): Promise<Mail[]> {
    return (await (await fetch(`${this.providers.env['MAILBOX_URL']}/api/email`)).json()) as Mail[]
  }

  /** The newest thousand SMS. */
  async texts(): Promise<Sms[]> {
    const { TWILIO_ACCOUNT_SID: sid, TWILIO_AUTH_TOKEN: token, TWILIO_API_URL: url } = this.providers.env
    const authorization = `Basic ${Buffer.from(`${sid}:${token}`).toString('base64')}`
    const response = await fetch(`${url}/2010-04-01/Accounts/${sid}/Messages.json?PageSize=1000`, { headers: { authorization } })
    return ((await response.json()) as { messages: Sms[] }).messages
  }

  /** The next requests to send an SMS fail. */
  async failTexts(status: number, times: number): Promise<void> {
    const body = JSON.stringify({ send: { status, times } })
    await fetch(`${this.providers.env['TWILIO_API_URL']}/simulator/failures`, { method: 'PUT', headers: { 'content-type': 'application/json' }, body })
  }

  /** What goes to addresses and numbers; the app has each alert besides. */
  ledger(alertIds: readonly string[]): Promise<LedgerRow[]> {
    return this.database.query(`SELECT * FROM deliveries WHERE alert_id = ANY ($1::uuid[]) AND channel <> 'app' ORDER BY channel, recipient`, [alertIds])
  }

  /** Waits until all messages of these alerts came to an end; gives their ledger rows. */
  settled(alertIds: readonly string[], messages: number, timeoutMs = 30_000): Promise<LedgerRow[]> {
    return eventually(
      async () => {
        const rows = await this.ledger(alertIds)
        const open = rows.filter(({ status }) => ['queued', 'sending', 'merged'].includes(status))
        if (rows.length !== messages || open.length > 0) throw new Error(`${rows.length} rows, ${open.length} of them open: ${open[0]?.last_error}`)
        return rows
      },
      { timeoutMs },
    )
  }

  publish(...events: Parameters<TestBackbone['publish']>[0]): Promise<void> {
    return this.backbone.publish(events)
  }
}

/** A customer with an address and a number of their own, with their card. */
export interface Holder {
  readonly customer: Customer
  readonly card: Card
}

let people = 0

export function newHolder(changes: Partial<Customer> = {}): Holder {
  const n = ++people
  const customer: Customer = {
    customer_id: `c${n}`,
    given_name: 'Jane',
    family_name: 'Doe',
    email: `jane.${n}@example.org`,
    phone: `+4930231${String(10_000 + n)}`,
    language: 'en',
    time_zone: 'Europe/Berlin',
    country: 'DE',
    channels: [],
    quiet_from: null,
    quiet_to: null,
    updated_at: 1_000,
    ...changes,
  }
  const card: Card = {
    card_id: `v1.card-${n}`,
    customer_id: customer.customer_id,
    card_bin: '400000',
    card_last4: '1234',
    home_country: 'DE',
    time_zone: 'Europe/Berlin',
    updated_at: 1_000,
  }
  return { customer, card }
}

export function alertFor({ card }: Holder, changes: Partial<FraudAlert> = {}): FraudAlert {
  const id = uuidv7()
  return exampleAlert({ alert_id: id, transaction_id: id, card_id: card.card_id, card_last4: card.card_last4, raised_at: Date.now(), ...changes })
}

/** What makes a holder known. */
export function known({ customer, card }: Holder) {
  return [customers.event(customer), cards.event(card)]
}
