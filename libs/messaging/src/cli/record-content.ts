import { schemaIdOf, type Topic } from '@swipestream/contracts'
import { toError } from '@swipestream/platform'
import { failureCode, failureKind } from '../consumer/failure.js'
import { messageIdHeader, producedByHeader } from '../envelope.js'
import type { KafkaRecord } from '../kafka/ports.js'
import type { Schemas } from '../schemas.js'
import { redriveHeaders } from './dlq/letter.js'
import { masked, shown } from './dlq/mask.js'

/** What a record says, as far as it can be decoded. */
export type Content =
  | { readonly schemaId: number; readonly value: unknown }
  /** A tombstone. */
  | { readonly value: null }
  | { readonly undecodable: { readonly code: string; readonly message: string }; readonly base64: string; readonly bytes: number }

/** Headers that hold nothing personal. */
const impersonal: readonly string[] = ['traceparent', 'tracestate', messageIdHeader, producedByHeader, ...Object.values(redriveHeaders)]

/** Headers as texts. Those that are not known count as personal: a tombstone may say whom to forget. @param reveal shows what is personal */
export function headersOf(headers: KafkaRecord['headers'], reveal: boolean): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, reveal || impersonal.includes(name) ? value.toString('utf8') : masked('unknown')]))
}

/**
 * Bytes that cannot be decoded count as personal, for nobody knows what they hold.
 *
 * @param reveal shows what is personal
 * @throws MessagingError; ContractError REGISTRY_UNAVAILABLE, REGISTRY_REFUSED
 */
export async function contentOf({ value }: KafkaRecord, topic: Topic<unknown>, schemas: Schemas, reveal: boolean): Promise<Content> {
  if (value === null) return { value: null }
  try {
    await schemas.prepare(value)
    return { schemaId: schemaIdOf(value), value: shown(schemas.decode(topic, value), topic, reveal) }
  } catch (error) {
    if (failureKind(error) !== 'poison') throw error
    const undecodable = { code: failureCode(error), message: toError(error).message }
    return { undecodable, base64: reveal ? value.toString('base64') : masked('unknown'), bytes: value.length }
  }
}
