import type { ColumnType } from './column-type.js'

export interface SourceColumn {
  readonly name: string
  /** Its name as a field in Avro. */
  readonly field: string
  readonly type: ColumnType
  /** As it was declared, for messages: `int(10) unsigned`. */
  readonly declared: string
  readonly nullable: boolean
}

/** How changes of a table are found: see `ExtractMode` of the contracts. */
export type Mode = 'watermark' | 'sweep'

/** How deleted rows are found: by a column that marks them, by looking for the keys of the topic, or not at all. */
export type Deletes = 'soft' | 'sweep' | 'none'

/** A table to extract. */
export interface SourceTable {
  readonly database: string
  readonly name: string
  readonly columns: readonly SourceColumn[]
  /** Columns whose values together no other row has, none of them null; in the order of the index. */
  readonly key: readonly SourceColumn[]
  readonly mode: Mode
  /** Tells when a row was changed last; null exactly when `mode` is `sweep`. */
  readonly change: ChangeColumn | null
  readonly deletes: Deletes
  /** Not null and not 0 in a row that counts as deleted; null unless `deletes` is `soft`. */
  readonly softDelete: SourceColumn | null
  /** Rows about, as the server estimates them. */
  readonly estimate: number
}

export interface ChangeColumn extends SourceColumn {
  /** Digits of a second's fraction. */
  readonly precision: number
  /** Whether an index begins with it: without one, each look for changes reads the whole table. */
  readonly indexed: boolean
}

/**
 * A name as Avro allows it: letters, digits and underscores, beginning without a digit. As Debezium does, whatever else
 * becomes an underscore.
 */
export function avroName(name: string): string {
  const plain = name.replaceAll(/[^A-Za-z0-9_]/g, '_')
  return /^[0-9]/.test(plain) ? `_${plain}` : plain
}
