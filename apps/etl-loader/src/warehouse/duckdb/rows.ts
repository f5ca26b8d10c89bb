import { type DuckDBConnection, DuckDBDataChunk, type DuckDBValue } from '@duckdb/node-api'
import type { Cell } from '../../domain/warehouse-type.js'
import type { WarehouseColumn } from '../../domain/warehouse-table.js'
import { chunkType } from './types.js'
import { valueOf } from './values.js'

/** As many as a data chunk of DuckDB holds. */
const chunkRows = 2_048

/** Where an appender writes to. */
export interface AppendTarget {
  readonly catalog: string | null
  readonly schema: string
  readonly name: string
}

/** Writes rows, column by column, within the connection's transaction. Their cells are in the order of the columns, which are all of the table's. */
export async function appendRows(connection: DuckDBConnection, target: AppendTarget, columns: readonly WarehouseColumn[], rows: readonly (readonly Cell[])[]): Promise<void> {
  if (rows.length === 0) return
  const types = columns.map(({ type }) => chunkType(type))
  const values = columns.map(({ type }) => valueOf(type))
  const appender = await connection.createAppender(target.name, target.schema, target.catalog)
  try {
    for (let start = 0; start < rows.length; start += chunkRows) {
      const count = Math.min(chunkRows, rows.length - start)
      const chunk = DuckDBDataChunk.create(types, count)
      for (let c = 0; c < types.length; c++) {
        const value = values[c] as (cell: Cell) => DuckDBValue
        const vector = chunk.getColumnVector(c)
        for (let r = 0; r < count; r++) vector.setItem(r, value(rows[start + r]?.[c] ?? null))
        vector.flush()
      }
      appender.appendDataChunk(chunk)
    }
    appender.flushSync()
  } finally {
    appender.closeSync()
  }
}
