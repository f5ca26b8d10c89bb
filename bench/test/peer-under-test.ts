import { type FraudAlert, fraudAlerts, type FraudDecision, fraudDecisions, subjectOf, type Transaction, transactionsLog } from '@swipestream/contracts'
import type { Received } from '@swipestream/messaging'
import { eventually, testBackbone, type TestBackbone } from '@swipestream/messaging/testing'
import { type KafkaStreams, startKafkaStreams } from '../src/fraud/kafka-streams.js'

/** Its group forgets a killed member after this, and the broker its open transaction: soon, for a test. */
const settings = { 'consumer.session.timeout.ms': 6_000, 'consumer.heartbeat.interval.ms': 1_000, 'producer.transaction.timeout.ms': 6_000 }
const patience = { timeoutMs: 60_000, intervalMs: 200 }

/** Topics of a test's own, and the program started on them. */
export class PeerUnderTest {
  #running: KafkaStreams | undefined
  readonly #decisions: Received<FraudDecision>[] = []
  readonly #alerts: Received<FraudAlert>[] = []
  readonly #tails

  private constructor(readonly backbone: TestBackbone) {
    this.#tails = { decisions: backbone.tail(fraudDecisions), alerts: backbone.tail(fraudAlerts) }
  }

  static async onTopicsOfItsOwn(): Promise<PeerUnderTest> {
    return new PeerUnderTest(await testBackbone([transactionsLog, fraudDecisions, fraudAlerts]))
  }

  /** Again after `kill`: it goes on where it was. */
  async start(options: { readonly threads?: number } = {}): Promise<KafkaStreams> {
    const { namespace, env, registry } = this.backbone
    const idOf = (topic: { readonly name: string; readonly schema: typeof transactionsLog.schema }) => registry.idOf(subjectOf(topic, namespace), topic.schema)
    const [transaction, decision, alert] = await Promise.all([idOf(transactionsLog), idOf(fraudDecisions), idOf(fraudAlerts)])
    this.#running = await startKafkaStreams({
      ...options,
      brokers: env.KAFKA_BROKERS,
      applicationId: `${namespace}peer`,
      input: namespace + transactionsLog.name,
      decisions: namespace + fraudDecisions.name,
      alerts: namespace + fraudAlerts.name,
      schemaIds: { transaction, decision, alert },
      heapMb: 192,
      settings,
    })
    return this.#running
  }

  async kill(): Promise<void> {
    const running = this.#running
    if (running === undefined) return
    this.#running = undefined
    process.kill(running.pid, 'SIGKILL')
    await running.failed.catch(() => undefined)
  }

  /** Waits until it has ended by itself. @returns why */
  async end(): Promise<unknown> {
    const running = this.#running
    this.#running = undefined
    return running?.failed.catch((error: unknown) => error)
  }

  async swipe(...transactions: readonly Transaction[]): Promise<void> {
    await this.backbone.publish(transactions.map((transaction) => transactionsLog.event(transaction)))
  }

  /** All committed decisions, once there are so many. */
  decisions(count: number): Promise<readonly Received<FraudDecision>[]> {
    return eventually(async () => {
      this.#decisions.push(...(await this.#tails.decisions.received()))
      return this.#decisions.length >= count && this.#decisions
    }, patience)
  }

  /** All committed alerts there are now. */
  async alerts(): Promise<readonly Received<FraudAlert>[]> {
    this.#alerts.push(...(await this.#tails.alerts.received()))
    return this.#alerts
  }

  /** Ends the program in order. */
  async stop(): Promise<void> {
    const running = this.#running
    this.#running = undefined
    await running?.stop()
  }

  async close(): Promise<void> {
    try {
      await this.stop()
    } finally {
      const admin = this.backbone.client.admin()
      await admin.deleteTopics([`${this.backbone.namespace}peer-cards-changelog`])
      await admin.close()
      await this.backbone.close()
    }
  }
}
