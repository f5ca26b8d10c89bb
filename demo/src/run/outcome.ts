import {
  type CardVerdicts, cardVerdicts, type FraudAlert, fraudAlerts, type FraudDecision, fraudDecisions, type Notification, notifications, transactionsLog,
} from '@swipestream/contracts'
import type { Connection, Received, Tail } from '@swipestream/messaging'

/** What the topics say became of the swipes, kept up to date by `look`. */
export class Outcome {
  /** Records on transactions_log by transaction id. */
  readonly logged = new Map<string, number>()
  /** Decisions by transaction id; a repeated one counts in `decisionRecords` only. */
  readonly decisions = new Map<string, FraudDecision>()
  readonly alerts = new Map<string, Received<FraudAlert>>()
  /** What reached the customer, or shares a message that will, by alert id and channel. */
  readonly told = new Map<string, Notification>()
  /** Messages that a provider has accepted, by their id. */
  readonly sent = new Map<string, Notification>()
  readonly failed: Notification[] = []
  /** Transactions with two decisions that differ in more than the time of deciding. */
  readonly contradictions: string[] = []
  /** Cards that fraud-service has blocked. */
  readonly blocked = new Set<string>()
  decisionRecords = 0
  /** When the first message to a customer was accepted. Milliseconds since the Unix epoch. */
  firstSentAt: number | null = null
  readonly #tails: { log: Tail<unknown>; decisions: Tail<FraudDecision>; alerts: Tail<FraudAlert>; notifications: Tail<Notification>; verdicts: Tail<CardVerdicts> }

  constructor(connection: Connection) {
    this.#tails = {
      log: connection.tail(transactionsLog),
      decisions: connection.tail(fraudDecisions),
      alerts: connection.tail(fraudAlerts),
      notifications: connection.tail(notifications),
      verdicts: connection.tail(cardVerdicts),
    }
  }

  /** Leaves out what earlier runs have left. */
  async begin(): Promise<void> {
    await Promise.all(Object.values(this.#tails).map((tail) => tail.skip()))
  }

  /** Takes up what came since the last look. */
  async look(): Promise<void> {
    const [log, decisions, alerts, steps, verdicts] = await Promise.all([
      this.#tails.log.received(),
      this.#tails.decisions.received(),
      this.#tails.alerts.received(),
      this.#tails.notifications.received(),
      this.#tails.verdicts.received(),
    ])
    for (const { value } of log) {
      const { transaction_id: id } = value as { transaction_id: string }
      this.logged.set(id, (this.logged.get(id) ?? 0) + 1)
    }
    for (const { value } of decisions) {
      this.decisionRecords++
      const first = this.decisions.get(value.transaction_id)
      if (!first) this.decisions.set(value.transaction_id, value)
      else if (sayingOf(first) !== sayingOf(value)) this.contradictions.push(value.transaction_id)
    }
    for (const alert of alerts) if (!this.alerts.has(alert.value.alert_id)) this.alerts.set(alert.value.alert_id, alert)
    for (const { value } of verdicts) if (value?.blocked) this.blocked.add(value.card_id)
    for (const { value } of steps) {
      if (value.status === 'failed') this.failed.push(value)
      const accepted = value.status === 'sent' || value.status === 'delivered'
      // What several alerts share goes out minutes later.
      if (accepted || value.merged_into !== null || value.purpose === 'digest') this.told.set(`${value.alert_id} ${value.channel} ${value.purpose}`, value)
      if (!accepted || value.merged_into !== null) continue
      this.sent.set(value.notification_id, value)
      if (value.channel === 'app') continue
      if (this.firstSentAt === null || value.occurred_at < this.firstSentAt) this.firstSentAt = value.occurred_at
    }
  }

  /** By which ways an alert has not come yet, of those by which it must. */
  untold({ alert_id, severity }: FraudAlert): readonly Notification['channel'][] {
    const ways = severity === 'critical' ? (['app', 'email', 'sms'] as const) : (['app', 'email'] as const)
    return ways.filter((way) => !this.told.has(`${alert_id} ${way} alert`) && !this.told.has(`${alert_id} ${way} digest`))
  }

  /** Whether a customer was told by SMS that an answer was understood. */
  confirmed(customerId: string): boolean {
    return [...this.sent.values()].some(({ customer_id, purpose, channel }) => customer_id === customerId && purpose === 'confirmation' && channel === 'sms')
  }

  /** Messages accepted on a channel. */
  sentBy(channel: Notification['channel']): number {
    return [...this.sent.values()].filter((step) => step.channel === channel).length
  }
}

function sayingOf({ decided_at: _, ...decision }: FraudDecision): string {
  return JSON.stringify(decision)
}
