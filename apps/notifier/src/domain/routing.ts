import type { Channel, FraudAlert, OpsAlert, Severity } from '@swipestream/contracts'

/** How a customer can be reached. */
export interface Contact {
  readonly customer_id: string
  /** Null where there is none. */
  readonly email: string | null
  /** Null where there is none, and where its owner sent STOP. */
  readonly phone: string | null
  /** The ways the customer wants, the most wanted first; empty when they said nothing. */
  readonly channels: readonly Channel[]
}

/** One message that is to be sent, and which ways are to be tried after it. */
export interface Way {
  readonly channel: Channel
  readonly recipient: string
  readonly fallbacks: readonly Channel[]
}

/** The ways that can fail, in the bank's order. */
const banksOrder = ['email', 'sms'] as const satisfies readonly Channel[]

/**
 * The ways an alert goes to a customer (docs/adr/0017): all at once when it is critical; otherwise the app, and the
 * customer's first way with the others after it. An address that cannot be written to is a way too, so that its failure
 * stands in the ledger.
 */
export function waysTo(contact: Contact, severity: Severity): Way[] {
  const app: Way = { channel: 'app', recipient: contact.customer_id, fallbacks: [] }
  const outside = inOrder(contact).filter((channel) => recipientOf(contact, channel) !== null)
  if (severity === 'critical') return [app, ...outside.flatMap((channel) => wayBy(contact, channel, []))]
  const [first, ...rest] = outside
  // Who wants the app before all else is left in peace by the others, as long as it is not urgent.
  if (first === undefined || contact.channels[0] === 'app') return [app]
  return [app, ...wayBy(contact, first, rest)]
}

/** The first of some ways that there is an address for, with what is left after it; undefined when there is none. */
export function nextWay(contact: Contact, channels: readonly Channel[]): Way | undefined {
  const index = channels.findIndex((channel) => recipientOf(contact, channel) !== null)
  const channel = channels[index]
  return channel === undefined ? undefined : wayBy(contact, channel, channels.slice(index + 1))[0]
}

/** The ways an alert goes to the people on call. */
export function waysToOnCall(alert: Pick<OpsAlert, 'severity'>, emails: readonly string[], phones: readonly string[]): Way[] {
  const byEmail = emails.map((recipient): Way => ({ channel: 'email', recipient, fallbacks: [] }))
  const bySms = alert.severity === 'critical' ? phones.map((recipient): Way => ({ channel: 'sms', recipient, fallbacks: [] })) : []
  return [...byEmail, ...bySms]
}

/** Whether an alert asks "was this you?": not when the card is blocked, for then the customer has answered already. */
export function asks(alert: Pick<FraudAlert, 'reasons'>): boolean {
  return !isOfBlockedCard(alert)
}

/** Whether an alert was raised because the card is blocked, among other reasons. */
export function isOfBlockedCard({ reasons }: Pick<FraudAlert, 'reasons'>): boolean {
  return reasons.some(({ rule_id }) => rule_id === 'blocked_card')
}

function inOrder({ channels }: Contact): Channel[] {
  const wanted = channels.filter((channel) => channel !== 'app')
  return [...new Set([...wanted, ...banksOrder])]
}

function wayBy(contact: Contact, channel: Channel, fallbacks: readonly Channel[]): Way[] {
  const recipient = recipientOf(contact, channel)
  return recipient === null ? [] : [{ channel, recipient, fallbacks }]
}

function recipientOf(contact: Contact, channel: Channel): string | null {
  switch (channel) {
    case 'email':
      return contact.email
    case 'sms':
      return contact.phone
    case 'app':
      return contact.customer_id
  }
}
