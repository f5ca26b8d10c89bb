import { uuidv7 } from '@swipestream/contracts'
import { type RunningService } from '@swipestream/platform'
import { DataSource } from 'typeorm'
import { CustomerTokens } from '../src/app/customer-tokens.js'
import { InboxNotices } from '../src/db/inbox-notices.js'
import { InboxRepository } from '../src/db/inbox.repository.js'
import { exampleAlert } from '../src/domain/example-alert.js'

/** An event as it came. */
export interface ReceivedEvent {
  readonly id: string | undefined
  readonly event: string | undefined
  readonly data: Record<string, unknown>
}

/** What the customer's app does with one instance. */
export class InboxClient {
  constructor(
    readonly service: RunningService,
    readonly customerId: string,
    private readonly token: string,
  ) {}

  /** With a token that ends in so many seconds. */
  static async of(service: RunningService, customerId: string, endsInSeconds = 900): Promise<InboxClient> {
    const token = await service.app.get(CustomerTokens).issue(customerId, Date.now() - (900 - endsInSeconds) * 1_000)
    return new InboxClient(service, customerId, token)
  }

  async send(method: 'GET' | 'POST', path: string): Promise<{ readonly status: number; readonly body: Record<string, unknown> }> {
    const response = await fetch(`${this.service.url}${path}`, { method, headers: { authorization: `Bearer ${this.token}` } })
    const text = await response.text()
    return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) }
  }

  async ids(query = ''): Promise<string[]> {
    const { body } = await this.send('GET', `/v1/inbox${query}`)
    return (body['messages'] as { id: string }[]).map(({ id }) => id)
  }

  /** Opens a stream. */
  async stream(lastEventId?: string): Promise<InboxStream> {
    const closing = new AbortController()
    const headers = { authorization: `Bearer ${this.token}`, ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }) }
    const response = await fetch(`${this.service.url}/v1/inbox/stream`, { headers, signal: closing.signal })
    return new InboxStream(response, closing)
  }
}

/** A stream, and what came by it. */
export class InboxStream {
  readonly events: ReceivedEvent[] = []
  /** Settles when the server has ended it; rejects when it was cut. */
  readonly ended: Promise<void>

  constructor(
    readonly response: Response,
    private readonly closing: AbortController,
  ) {
    this.ended = this.#read()
    // Most tests look at what came, not at the end.
    this.ended.catch(() => undefined)
  }

  get status(): number {
    return this.response.status
  }

  get ids(): string[] {
    return this.events.flatMap(({ id }) => (id === undefined ? [] : [id]))
  }

  close(): void {
    this.closing.abort()
  }

  async #read(): Promise<void> {
    if (!this.response.ok) return
    let text = ''
    const decoder = new TextDecoder()
    for await (const chunk of this.response.body ?? []) {
      text += decoder.decode(chunk, { stream: true })
      const parts = text.split('\n\n')
      text = parts.pop() ?? ''
      this.events.push(...parts.filter((part) => /^(?:id|event|data):/.test(part)).map(eventOf))
    }
  }
}

function eventOf(text: string): ReceivedEvent {
  const fields = Object.fromEntries(text.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string]))
  return { id: fields['id'], event: fields['event'], data: JSON.parse(fields['data'] ?? '{}') as Record<string, unknown> }
}

/** Writes a row of the ledger for the app, as planning does; gives the delivery's id. */
export async function ledgerRow(database: DataSource, customerId: string, changes: { alertId?: string } = {}): Promise<string> {
  const { alertId = uuidv7() } = changes
  const id = uuidv7()
  await database.query(`INSERT INTO alerts (alert_id, card_id, alert, customer_id, planned_at) VALUES ($1, 'v1.card', $2, $3, now())`, [
    alertId, JSON.stringify(exampleAlert({ alert_id: alertId, raised_at: Date.now() })), customerId,
  ])
  await database.query(`INSERT INTO deliveries (id, alert_id, customer_id, channel, recipient, status) VALUES ($1, $2, $3, 'app', $3, 'delivered')`, [id, alertId, customerId])
  return id
}

/** Puts a message into the inbox by an instance, as its worker does; gives the message's id. */
export async function deliver(by: RunningService, database: DataSource, customerId: string, changes: { alertId?: string } = {}): Promise<string> {
  const deliveryId = await ledgerRow(database, customerId, changes)
  const message = { deliveryId, customerId, title: 'Title', body: `Of ${deliveryId}.` }
  const ids = await by.app.get(DataSource).transaction((manager) => by.app.get(InboxRepository).add(manager, [message]))
  await by.app.get(InboxNotices).send([customerId])
  return ids.get(deliveryId) ?? ''
}
