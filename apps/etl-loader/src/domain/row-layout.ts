import type { AvroDefinition, AvroSchema, Row, RowValue } from '@swipestream/contracts'
import { avroColumn, type FieldColumn, fieldColumns } from './avro-column.js'
import type { Cell } from './warehouse-type.js'
import { type Pii, strongest } from './personal-data.js'
import { reservedColumns, type WarehouseColumn, type WarehouseTable } from './warehouse-table.js'
import { widened } from './widen.js'

/** How values of a schema become rows. */
export interface RowLayout {
  readonly columns: readonly WarehouseColumn[]
  readonly fields: readonly FieldColumn[]
  /** The record that is the row: the value itself, or what stands behind a change; null when the change is a removal. */
  row(value: RowValue): Row | null
}

/**
 * The layout of a schema. An envelope of changes, as Debezium's (a record with `op` and `after`), gives the columns of
 * its row; any other record gives its own; what is no record is one column, `value`.
 *
 * @param tags of columns that have none of the schema, such as those of tables, which say nothing of persons
 */
export function rowLayout(schema: AvroSchema): RowLayout {
  const record = recordOf(schema)
  if (record === undefined) {
    const column = avroColumn(schema)
    const field: FieldColumn = { name: 'value', column, read: (row) => column.read(row['value'] as RowValue) }
    return layout([field], (value) => ({ value }))
  }
  const rowRecord = changedRecord(record)
  if (rowRecord === undefined) return layout(fieldColumns(record, reservedColumns), (value) => value as Row)
  return layout(fieldColumns(rowRecord, reservedColumns), (value) => {
    const { op, after } = value as Row
    return op === 'd' ? null : ((after ?? null) as Row | null)
  })
}

function layout(fields: readonly FieldColumn[], row: RowLayout['row']): RowLayout {
  return { fields, columns: fields.map(({ name, column }) => ({ name, type: column.type, pii: column.pii })), row }
}

function recordOf(schema: AvroSchema | undefined): AvroDefinition | undefined {
  if (schema === undefined || typeof schema === 'string' || Array.isArray(schema)) return undefined
  return (schema as AvroDefinition).type === 'record' ? (schema as AvroDefinition) : undefined
}

/** The row's record of an envelope: it is defined at the first of `before` and `after`. */
function changedRecord({ fields = [] }: AvroDefinition): AvroDefinition | undefined {
  const named = new Map(fields.map(({ name, type }) => [name, type]))
  if (!named.has('op') || !named.has('after')) return undefined
  return [named.get('before'), named.get('after')].flatMap((type) => (Array.isArray(type) ? (type as readonly AvroSchema[]) : type === undefined ? [] : [type])).map(recordOf).find((found) => found !== undefined)
}

/** Makes a table's cells of a record; further cells are given by the name of their column. */
export type RowReader = (row: Row, further: readonly Cell[]) => Cell[]

/**
 * Compiles a reader of rows of a layout into a table that has room for it.
 *
 * @param further names of the table's columns that are no fields
 * @throws BadValue, when called, with the path of the field
 */
export function rowReader(fields: readonly FieldColumn[], table: WarehouseTable, further: readonly string[]): RowReader {
  const at = new Map(table.columns.map(({ name }, i) => [name.toLowerCase(), i]))
  // Copying is several times as fast as filling, and this is done for every row.
  const empty: readonly Cell[] = table.columns.map(() => null)
  const steps = fields.flatMap((field) => {
    const target = at.get(field.name.toLowerCase())
    if (target === undefined) return []
    return [{ target, read: field.read, widen: widened(field.column.type, (table.columns[target] as WarehouseColumn).type) }]
  })
  const places = further.map((name) => at.get(name.toLowerCase()) ?? -1)
  return (row, more) => {
    const cells = empty.slice()
    for (let i = 0; i < steps.length; i++) {
      const { target, read, widen } = steps[i] as (typeof steps)[number]
      cells[target] = widen(read(row))
    }
    for (let i = 0; i < places.length; i++) {
      const place = places[i] as number
      if (place >= 0) cells[place] = more[i] ?? null
    }
    return cells
  }
}

/** The strongest tag of a table: null where it says nothing of a person. */
export function tableTag(table: WarehouseTable): Pii | null {
  return strongest(table.columns.map(({ pii }) => pii))
}
