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
    const trace = traceHeaders()
    return events.map(({ topic, key, value, headers, partition }) => {
      // One copy that is then completed: this is done for every record that leaves the system.
      const texts: Record<string, string> = { ...headers }
      // An event that brings a trace brings all of it.
      if (texts['traceparent'] === undefined) for (const name in trace) texts[name] ??= trace[name] as string
      texts[producedByHeader] ??= this.service
      texts[messageIdHeader] ??= uuidv7()
      const record = { topic: this.topicName(topic.name), key: Buffer.from(key), value: value === null ? null : this.schemas.encode(topic, value), headers: texts }
      return partition === undefined ? record : { ...record, partition }
    })
  }
}

/**
 * Marks events as caused by a received message: they carry on its trace, and their ids are made of its place in Kafka,
 * so that a message handled twice gives the same ids twice. A handler of batches calls it once a message, with all the
 * events of that message in an order that is always the same; a handler of single messages has it done. Another service
 * that gets the same message gives ids of the same form: `produced-by` tells them apart.
 */
export function causedBy({ headers: received, origin }: Received<unknown>, events: readonly Outgoing[]): Outgoing[] {
  const { traceparent, tracestate } = received
  return events.map((event, i) => {
    const headers: Record<string, string> = { ...event.headers }
    if (traceparent !== undefined && headers['traceparent'] === undefined) {
      headers['traceparent'] = traceparent
      if (tracestate !== undefined) headers['tracestate'] = tracestate
    }
    headers[messageIdHeader] ??= `${origin.topic}-${origin.partition}-${origin.offset}-${i}`
    return { ...event, headers }
  })
}
