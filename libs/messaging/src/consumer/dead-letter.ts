import { type DeadLetter, deadLetterTopic } from '@swipestream/contracts'
import type { KafkaRecord, RecordToSend } from '../kafka/ports.js'
import { failureCode } from './failure.js'

export interface GivenUp {
  readonly record: KafkaRecord
  readonly error: unknown
  /** How often it was tried, from 1. */
  readonly attempts: number
}

const longestReason = 1_000

/** The record of the dead-letter topic: the original's key, value and headers as they are, and why it is there. */
export function deadLetterRecord({ record, error, attempts }: GivenUp, consumerGroup: string): RecordToSend {
  const letter: DeadLetter = {
    reason: (error instanceof Error ? error.message : String(error)).slice(0, longestReason),
    code: failureCode(error),
    topic: record.topic,
    partition: record.partition,
    offset: Number(record.offset),
    timestamp: record.timestamp,
    consumer_group: consumerGroup,
    attempts,
    failed_at: Date.now(),
  }
  const headers: Record<string, Buffer | string> = { ...record.headers }
  for (const [field, value] of Object.entries(letter)) headers[`dlq-${field.replaceAll('_', '-')}`] = String(value)
  return { topic: deadLetterTopic(record.topic), key: record.key, value: record.value, headers }
}
