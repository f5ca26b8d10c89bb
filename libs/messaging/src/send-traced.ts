import { inSpanEach, messagingAttributes, SpanKind } from '@swipestream/platform'
import type { RecordToSend } from './kafka/ports.js'

/**
 * Writes records by `send`, each in a span of the trace that it carries, from when it is handed to `send` until that has
 * resolved; who reads the record continues from this span.
 */
export function sendTraced<T>(records: readonly RecordToSend[], send: (records: readonly RecordToSend[]) => Promise<T>): Promise<T> {
  return inSpanEach(records, ({ topic }) => ({ name: `send ${topic}`, kind: SpanKind.PRODUCER, attributes: attributesOf(topic) }), send)
}

function attributesOf(topic: string) {
  return {
    [messagingAttributes.system]: 'kafka',
    [messagingAttributes.operationName]: 'send',
    [messagingAttributes.operationType]: 'send',
    [messagingAttributes.destination]: topic,
  }
}
