import { uuidv7 } from '@swipestream/contracts'
import { traceHeaders } from '@swipestream/platform'
import type { RecordToSend } from './kafka/ports.js'
import type { Outgoing, Received } from './received.js'
import type { Schemas } from './schemas.js'

/** Headers every record of this system carries, beside W3C's `traceparent` and `tracestate`. */
export const messageIdHeader = 'message-id'
export const producedByHeader = 'produced-by'

/** Turns events into records: Avro bytes, the physical topic, the headers. */
export class Envelope {
  constructor(
    private readonly schemas: Schemas,
    private readonly namespace: string,
    private readonly service: string,
  ) {}

  /** Name of a topic in the cluster. */
  topicName(name: string): string {
    return this.namespace + name
  }

  /** The records of events that are published together. @throws as `Schemas.encode` */
  sealAll(events: readonly Outgoing[]): RecordToSend[] {
    const produced = { [producedByHeader]: this.service }
    const traced = { ...traceHeaders(), ...produced }
    return events.map(({ topic, key, value, headers, partition }) => ({
      topic: this.topicName(topic.name),
      ...(partition === undefined ? {} : { partition }),
      key: Buffer.from(key),
      value: value === null ? null : this.schemas.encode(topic, value),
      // An event that brings a trace brings all of it.
      headers: { ...(headers?.['traceparent'] === undefined ? traced : produced), ...headers, [messageIdHeader]: headers?.[messageIdHeader] ?? uuidv7() },
    }))
  }
}

/**
 * Marks events as caused by a received message: they carry on its trace, and their ids are made of its place in Kafka,
 * so that a message handled twice gives the same ids twice. A handler of batches calls it once a message, with all the
 * events of that message in an order that is always the same; a handler of single messages has it done. Another service
 * that gets the same message gives ids of the same form: `produced-by` tells them apart.
 */
export function causedBy({ headers, origin }: Received<unknown>, events: readonly Outgoing[]): Outgoing[] {
  const { traceparent, tracestate } = headers
  return events.map((event, i) => ({
    ...event,
    headers: {
      ...(traceparent === undefined ? {} : { traceparent }),
      ...(tracestate === undefined ? {} : { tracestate }),
      [messageIdHeader]: `${origin.topic}-${origin.partition}-${origin.offset}-${i}`,
      ...event.headers,
    },
  }))
}
