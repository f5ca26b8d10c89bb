import { etlQuarantine, type QuarantinedRow } from '@swipestream/contracts'
import type { Connection } from '@swipestream/messaging'
import { jsonOf } from '../../domain/json-text.js'
import { EtlError } from '../../errors.js'
import type { BadRecord } from './topic-rows.js'

/** Writes what could not be loaded to `etl_quarantine`, under the place of its record: again is as once. */
export function loadQuarantine(connection: Pick<Connection, 'publish'>, clock: () => number = Date.now): (topic: string, bad: readonly BadRecord[]) => Promise<void> {
  return (topic, bad) => connection.publish(bad.map((one) => etlQuarantine.event(quarantinedRow(topic, one, clock()))))
}

function quarantinedRow(topic: string, { record, error, value }: BadRecord, now: number): QuarantinedRow {
  const { key, value: bytes, partition, offset } = record
  return {
    row_id: `${topic}/${partition}/${offset}`,
    stage: 'load',
    source_topic: topic,
    source_key: jsonOfBytes(key),
    code: 'code' in error && typeof error.code === 'string' ? error.code : 'ETL_ROW_UNREADABLE',
    field: error instanceof EtlError ? (error.field ?? null) : null,
    reason: error.message,
    row: value === null ? JSON.stringify({ base64: bytes?.toString('base64') ?? null }) : jsonOf(value),
    quarantined_at: now,
  }
}

/** A key that is a text as it is, other bytes in base64. */
function jsonOfBytes(bytes: Buffer | null): string {
  if (bytes === null) return 'null'
  const text = bytes.toString()
  return Buffer.from(text).equals(bytes) && !/\p{Cc}/u.test(text) ? JSON.stringify(text) : JSON.stringify({ base64: bytes.toString('base64') })
}
