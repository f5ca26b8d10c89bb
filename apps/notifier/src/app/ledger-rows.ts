import { type FraudAlert, type OpsAlert, uuidv7 } from '@swipestream/contracts'
import type { Outgoing } from '@swipestream/messaging'
import type { ReceivedAlert } from '../db/alerts.repository.js'
import type { NewDelivery } from '../db/deliveries.repository.js'
import { queuedNotification } from '../domain/delivery.js'
import type { Way } from '../domain/routing.js'
import { stepEvent } from './event-headers.js'

/** What a row tells of, and whom. */
export type About = Pick<NewDelivery, 'alert_id' | 'card_id' | 'customer_id' | 'purpose'>

/** A message by one way: to be sent at once and by itself, where nothing else is said. */
export function ledgerRow(about: About, way: Way, changes: Partial<NewDelivery> = {}): NewDelivery {
  return { ...about, ...way, id: uuidv7(), status: 'queued', merged_into: null, shared: false, topic: null, delayMs: 0, fallBackMs: null, ...changes }
}

/** The traces of alerts, by their ids. */
export function tracesOf(received: readonly Pick<ReceivedAlert<FraudAlert | OpsAlert>, 'alert' | 'traceparent'>[]): Map<string, string | null> {
  return new Map(received.map(({ alert, traceparent }) => [alert.alert_id, traceparent]))
}

/** The events of rows that were written. @param traces of the alerts they tell of */
export function queuedEvents(written: readonly NewDelivery[], traces: ReadonlyMap<string, string | null>): Outgoing[] {
  const now = Date.now()
  return written
    .filter(({ status }) => status === 'queued' || status === 'merged')
    .map((delivery) => stepEvent(queuedNotification(delivery, now), traces.get(delivery.alert_id) ?? null))
}
