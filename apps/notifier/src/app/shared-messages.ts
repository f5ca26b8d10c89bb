import type { Purpose } from '@swipestream/contracts'
import type { EntityManager } from 'typeorm'
import type { DeliveriesRepository, NewDelivery } from '../db/deliveries.repository.js'

/** How a message is shared. */
export interface Sharing {
  /** Of the message that is shared. */
  readonly purpose: Purpose
  /** What is shared by: the card, or service, code and severity. */
  readonly topic: string
  /** How long it waits for more, in milliseconds. */
  readonly waitsMs: number
}

/**
 * The messages that wait for more alerts, each by its topic, way and address. Locked by the transaction that asked for
 * them: none is sent before what joins it is written.
 */
export class SharedMessages {
  readonly #open: Map<string, string>

  private constructor(open: Map<string, string>) {
    this.#open = open
  }

  static async of(manager: EntityManager, deliveries: DeliveriesRepository, topics: readonly string[]): Promise<SharedMessages> {
    const open = await deliveries.lockOpenGroups(manager, topics)
    return new SharedMessages(new Map(open.map(({ id, topic, channel, recipient }) => [keyOf(topic, channel, recipient), id])))
  }

  /** The row of an alert in the message that waits, or as the first of a new one. */
  join(own: NewDelivery, { purpose, topic, waitsMs }: Sharing): NewDelivery {
    const key = keyOf(topic, own.channel, own.recipient)
    const open = this.#open.get(key)
    if (open !== undefined) return { ...own, status: 'merged', merged_into: open, fallbacks: [], fallBackMs: null }
    this.#open.set(key, own.id)
    const laterMs = Math.max(waitsMs - own.delayMs, 0)
    return { ...own, purpose, topic, shared: true, delayMs: own.delayMs + laterMs, fallBackMs: own.fallBackMs === null ? null : own.fallBackMs + laterMs }
  }
}

function keyOf(topic: string, channel: string, recipient: string): string {
  return JSON.stringify([topic, channel, recipient])
}
