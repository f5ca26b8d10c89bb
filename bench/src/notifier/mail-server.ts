import { setTimeout as delay } from 'node:timers/promises'
import { type Child, startChild } from '../child.js'
import { cpuMicrosOf } from '../process-usage.js'
import { rounded } from '../statistics.js'
import { acceptedPerSecond, type Receipt } from './receipts.js'

/** What the program says, again and again. */
export interface MailServerSays {
  readonly receipts: readonly Receipt[]
  /** The first message of each client. */
  readonly samples: readonly (readonly [client: string, source: string])[]
}

export interface SmtpLoadTask {
  readonly port: number
  readonly client: string
  readonly connections: number
  readonly messages: number
  /** The message as it goes over the wire. */
  readonly source: string
}

/** How often it is looked, and how long nothing may come before nothing more is waited for, in milliseconds. */
const lookMs = 20
const silenceMs = 60_000

/** The mail server of the bench: a process of its own, and what it has said. */
export class MailServer {
  readonly #receipts = new Map<string, Receipt[]>()
  readonly #samples = new Map<string, string>()
  readonly #listening: Promise<void>
  #ending = false
  #failed: unknown

  private constructor(
    private readonly child: Child,
    private readonly port: number,
    private readonly onReceipt: (receipt: Receipt) => void,
  ) {
    this.#listening = this.#listen()
  }

  /** @param slowestMs how long it takes to accept a message at the most, in milliseconds; how long exactly is chance */
  static async start({ slowestMs = 0, onReceipt = () => {} }: { slowestMs?: number; onReceipt?: (receipt: Receipt) => void } = {}): Promise<MailServer> {
    const child = startChild('notifier/programs/mail-server', { BENCH_SLOWEST_MS: String(slowestMs) })
    return new MailServer(child, await child.message<number>(), onReceipt)
  }

  get pid(): number {
    return this.child.pid
  }

  /** The address for a client of this name, as nodemailer takes it. The name says whose the messages are. */
  urlFor(client: string): string {
    return `smtp://127.0.0.1:${this.port}?name=${client}`
  }

  /** What a client has had accepted. */
  of(client: string): readonly Receipt[] {
    return this.#receipts.get(client) ?? []
  }

  /** Everything that was accepted. */
  all(): Receipt[] {
    return [...this.#receipts.values()].flat()
  }

  /** The first message of a client, as it came over the wire. @throws Error when there was none */
  sampleOf(client: string): string {
    const sample = this.#samples.get(client)
    if (sample === undefined) throw new Error(`${client} has sent nothing`)
    return sample
  }

  /** How much was accepted. */
  get count(): number {
    return [...this.#receipts.values()].reduce((sum, receipts) => sum + receipts.length, 0)
  }

  forget(client: string): void {
    this.#receipts.delete(client)
  }

  /**
   * Waits until a client has had so many accepted. @throws Error when nothing more comes for a minute
   *
   * @param check is asked meanwhile; throws when there is nothing to wait for any more
   */
  async untilAccepted(client: string, count: number, check: () => void = () => {}): Promise<void> {
    for (let [seen, moved] = [0, performance.now()]; this.of(client).length < count; await delay(lookMs)) {
      check()
      if (this.#failed !== undefined) throw this.#failed
      if (this.of(client).length > seen) [seen, moved] = [this.of(client).length, performance.now()]
      else if (performance.now() - moved > silenceMs) throw new Error(`${client} has had ${seen} of ${count} messages accepted, and none for ${silenceMs / 1_000} s`)
    }
  }

  /** What the server itself can take: messages a second from a client that does next to nothing, and its CPU for each, in microseconds. */
  async ownLimit({ connections, messages, source }: Omit<SmtpLoadTask, 'port' | 'client'>): Promise<{ readonly perSecond: number; readonly cpuUsPerMessage: number }> {
    const client = 'smtp-load'
    const load = startChild('notifier/programs/smtp-load', { BENCH_TASK: JSON.stringify({ port: this.port, client, connections, messages, source } satisfies SmtpLoadTask) })
    try {
      const before = await cpuMicrosOf(this.pid)
      await this.untilAccepted(client, messages)
      const cpuUs = (await cpuMicrosOf(this.pid)) - before
      return { perSecond: rounded(acceptedPerSecond(this.of(client), Math.ceil(messages / 4))), cpuUsPerMessage: rounded(cpuUs / messages, 3) }
    } finally {
      await load.end()
      this.forget(client)
    }
  }

  async stop(): Promise<void> {
    this.#ending = true
    await this.child.end()
    await this.#listening
  }

  async #listen(): Promise<void> {
    try {
      for (;;) {
        const { receipts, samples } = await this.child.message<MailServerSays>()
        for (const [client, source] of samples) this.#samples.set(client, source)
        for (const receipt of receipts) {
          const known = this.#receipts.get(receipt.client)
          if (known === undefined) this.#receipts.set(receipt.client, [receipt])
          else known.push(receipt)
          this.onReceipt(receipt)
        }
      }
    } catch (error) {
      if (!this.#ending) this.#failed = error
    }
  }
}
