import { setTimeout as delay } from 'node:timers/promises'
import { type OpsAlert, opsAlerts } from '@swipestream/contracts'
import type { Tail } from '@swipestream/messaging'
import { Client, escapeIdentifier } from 'pg'
import { onCall, type System } from '../system/system.js'
import { type Mail, newestMailTo } from './inboxes.js'

/** What came of an outage; times in milliseconds. */
export interface Outage {
  /** Requests that were answered by 503. */
  readonly unanswered: number
  /** From the begin of the outage until the e-mail to the people on call; null: it did not come in time. */
  readonly toldMs: number | null
  /** From its end until they were told of that; null: they were not, in time. */
  readonly overMs: number | null
}

/** What is promised, in milliseconds. */
export const promisedMs = { told: 15_000, over: 60_000 }
/** Requests go on at this distance, in milliseconds: as those of terminals do. */
const askEveryMs = 100

/** Takes transactions-api's database away, for as long as it takes until the people on call know. */
export class StagedOutage {
  readonly #system: System
  readonly #alerts: Tail<OpsAlert>
  readonly #ended = new AbortController()
  #asking: Promise<void> = Promise.resolve()
  #unanswered = 0
  #restoredAt = 0
  #toldMs: number | null = null

  constructor(system: System) {
    this.#system = system
    this.#alerts = system.connection.tail(opsAlerts)
  }

  /** Until they are told, or should have been; the database is there again then. */
  async begin(): Promise<{ readonly unanswered: number; readonly toldMs: number | null; readonly alert: OpsAlert | undefined; readonly mail: Mail | undefined }> {
    for (const one of Object.values(this.#system.logs?.services ?? {})) await one.ready()
    await this.#alerts.skip()
    const beganAt = Date.now()
    await this.#allowConnections(false)
    this.#asking = this.#ask()
    const until = beganAt + promisedMs.told
    const alert = await this.#next(false, until)
    const mail = alert && (await this.#mailAbout(alert, until))
    if (alert && (mail || this.#system.mail === null)) this.#toldMs = Date.now() - beganAt
    await this.#allowConnections(true)
    this.#restoredAt = Date.now()
    return { unanswered: this.#unanswered, toldMs: this.#toldMs, alert, mail }
  }

  /** Until they are told that it is over, or should have been. */
  async over(): Promise<Outage & { readonly mail: Mail | undefined }> {
    const until = this.#restoredAt + promisedMs.over
    const alert = this.#toldMs === null ? undefined : await this.#next(true, until)
    const mail = alert && (await this.#mailAbout(alert, until))
    const isTold = alert && (mail || this.#system.mail === null)
    this.#ended.abort()
    await this.#asking
    return { unanswered: this.#unanswered, toldMs: this.#toldMs, overMs: isTold ? Date.now() - this.#restoredAt : null, mail }
  }

  async #next(isOver: boolean, until: number): Promise<OpsAlert | undefined> {
    for (; Date.now() < until; await delay(askEveryMs)) {
      for (const { value } of await this.#alerts.received()) {
        if (value.service === 'transactions-api' && value.code === 'LOG_ERROR_RATE' && (value.resolved_at !== null) === isOver) return value
      }
    }
    return undefined
  }

  async #mailAbout({ summary }: OpsAlert, until: number): Promise<Mail | undefined> {
    const { mail } = this.#system
    if (mail === null) return undefined
    for (; Date.now() < until; await delay(askEveryMs)) {
      const newest = await newestMailTo(mail, onCall)
      if (newest?.text.replaceAll(/\s+/g, ' ').includes(summary)) return newest
    }
    return undefined
  }

  /** What terminals ask meanwhile. */
  async #ask(): Promise<void> {
    const { services, secrets } = this.#system
    const url = `${services['transactions-api'].url}/v1/transactions?card_id=${secrets.tokenOf('4000000000000002')}&limit=1`
    const under = new Set<Promise<void>>()
    for (; !this.#ended.signal.aborted; await delay(askEveryMs)) {
      const asked = fetch(url, { headers: { authorization: `Bearer ${secrets.apiKey}` } }).then(async (answer) => {
        await answer.arrayBuffer()
        if (answer.status === 503) this.#unanswered++
      })
      under.add(asked)
      void asked.finally(() => under.delete(asked)).catch(() => undefined)
    }
    await Promise.all(under)
  }

  async #allowConnections(allowed: boolean): Promise<void> {
    const url = new URL(this.#system.transactionsUrl)
    const database = decodeURIComponent(url.pathname.slice(1))
    url.pathname = '/postgres'
    const client = new Client({ connectionString: url.href })
    await client.connect()
    try {
      await client.query(`ALTER DATABASE ${escapeIdentifier(database)} ALLOW_CONNECTIONS ${allowed}`)
      if (!allowed) await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [database])
    } finally {
      await client.end()
    }
  }
}
