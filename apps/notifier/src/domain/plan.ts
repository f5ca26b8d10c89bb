import type { Channel } from '@swipestream/contracts'

/** The ways there are. */
export const sendingChannels = ['email', 'sms', 'app'] as const satisfies readonly Channel[]

/** How a customer can be reached; null for an address that is not known. */
export interface Contact {
  readonly email: string | null
  readonly phone: string | null
}

/** One message that is to be sent. */
export interface PlannedDelivery {
  readonly channel: Channel
  readonly recipient: string
}

/**
 * Where an alert goes: to every address the customer has. None when there is none: the alert then waits for one.
 * An address that cannot be written to is planned too, so that its failure stands in the ledger.
 */
export function planDeliveries({ email, phone }: Contact): PlannedDelivery[] {
  const planned: PlannedDelivery[] = []
  if (email) planned.push({ channel: 'email', recipient: email })
  if (phone) planned.push({ channel: 'sms', recipient: phone })
  return planned
}
