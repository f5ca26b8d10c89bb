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

  /** @throws as `Schemas.encode` */
  seal(event: Outgoing): RecordToSend {
    return {
      topic: this.topicName(event.topic.name),
      ...(event.partition === undefined ? {} : { partition: event.partition }),
      key: Buffer.from(event.key),
      value: event.value === null ? null : this.schemas.encode(event.topic, event.value),
      headers: { ...traceHeaders(), [messageIdHeader]: uuidv7(), [producedByHeader]: this.service, ...event.headers },
    }
  }
}

/**
 * Marks events as caused by a received message: they carry on its trace, and their ids are made of its place in Kafka,
 * so that a message handled twice gives the same ids twice. A handler of batches uses it; a handler of single messages
 * has it done.
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
