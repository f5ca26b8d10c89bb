import { Injectable } from '@nestjs/common'
import { etlBankRows, type QuarantinedRow } from '@swipestream/contracts'
import { causedBy, type Outgoing, type Received } from '@swipestream/messaging'
import { rowId } from '../domain/bank/entries.js'
import { RowRefused } from '../domain/bank/refusal.js'
import { type BankTable, type CardRow, type CustomerRow, type Envelope, keyColumns, type MerchantRow, type SourceRows, textKeyOf } from '../domain/bank/source-rows.js'
import { idOf } from '../domain/bank/text.js'
import { cleaned } from './clean-row.js'
import { TransformMetrics } from './transform-metrics.js'

type Source<T extends BankTable> = Envelope<SourceRows[T]> | null

/** Makes clean rows of the source's, one by one: whatever else of the bank is known does not matter here. */
@Injectable()
export class CleanSourceRows {
  constructor(private readonly metrics: TransformMetrics) {}

  /** @param topic name of the table's topic, without the namespace */
  run<T extends BankTable>(table: T, topic: string, batch: readonly Received<Source<T>>[]): Outgoing[] {
    return batch.flatMap((message) => {
      const event = this.#eventOf(table, topic, message)
      return event === undefined ? [] : causedBy(message, [event])
    })
  }

  #eventOf<T extends BankTable>(table: T, topic: string, message: Received<Source<T>>): Outgoing | undefined {
    const { value, origin } = message
    // After compaction a tombstone is all that is left of a row that was deleted.
    if (value === null) return this.#gone(table, textKeyOf(message.keyBytes ?? Buffer.alloc(0)))
    const row = value.op === 'd' ? null : value.after
    if (row === null) return this.#gone(table, value.before === null ? textKeyOf(message.keyBytes ?? Buffer.alloc(0)) : keyOf(table, value.before))
    if (isDeleted(row)) return this.#gone(table, keyOf(table, row))
    const row_id = rowId(table, idOf(keyOf(table, row)))
    try {
      const { row: clean, dropped } = cleaned(table, row, value.ts_ms)
      for (const column of dropped) this.metrics.dropped(table, column)
      this.metrics.cleaned(table, 'clean')
      return etlBankRows.event({ row_id, row: JSON.stringify(clean), refusal: null })
    } catch (error) {
      if (!(error instanceof RowRefused)) throw error
      this.metrics.cleaned(table, 'refused')
      const refusal: QuarantinedRow = {
        row_id: `${topic}/${origin.partition}/${origin.offset}`,
        stage: 'transform',
        source_topic: topic,
        source_key: JSON.stringify({ [keyColumns[table]]: keyOf(table, row) }),
        code: error.code,
        field: error.field,
        reason: error.message,
        row: JSON.stringify(row),
        quarantined_at: origin.timestamp,
      }
      return etlBankRows.event({ row_id, row: null, refusal: JSON.stringify(refusal) })
    }
  }

  #gone(table: BankTable, key: string | undefined): Outgoing | undefined {
    if (key === undefined) return undefined
    this.metrics.cleaned(table, 'deleted')
    return etlBankRows.tombstone(rowId(table, idOf(key)))
  }
}

function keyOf<T extends BankTable>(table: T, row: SourceRows[T]): string {
  return String(row[keyColumns[table]])
}

function isDeleted(row: CardRow | CustomerRow | MerchantRow): boolean {
  return 'deleted_at' in row && row.deleted_at !== null
}
