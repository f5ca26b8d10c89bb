import type { ColumnType } from '../domain/column-type.js'
import { readAsText } from '../domain/convert-value.js'
import type { KeyText } from '../domain/key-text.js'
import type { SourceColumn, SourceTable } from '../domain/source-table.js'

/** Statements for the source. They hold for the session that `MysqlSource` opens: backslashes escape, texts are UTF-8. */

export function identifier(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}

export function text(value: string): string {
  return `'${value.replaceAll(/['\\]/g, '\\$&').replaceAll('\0', '\\0')}'`
}

export function tableName({ database, name }: Pick<SourceTable, 'database' | 'name'>): string {
  return `${identifier(database)}.${identifier(name)}`
}

/** A value of a key as a constant of its column's type, so that it is compared exactly and by an index. */
export function literal({ kind }: ColumnType, key: KeyText): string {
  switch (kind) {
    case 'int':
    case 'year':
    case 'long':
    case 'unsigned-long':
    case 'boolean':
    case 'bits':
      return matching(/^-?\d+$/, key)
    case 'decimal':
      return matching(/^-?\d+(\.\d+)?$/, key)
    case 'float':
    case 'double':
      return `${matching(/^-?[\d.]+(e[+-]?\d+)?$/, key).replace(/e.*$/, '')}e${/e(.*)$/.exec(key)?.[1] ?? '0'}`
    case 'bytes':
      return `X'${matching(/^[0-9a-f]*$/, key)}'`
    default:
      return text(key)
  }
}

function matching(pattern: RegExp, key: KeyText): string {
  if (!pattern.test(key)) throw new Error('a value of a key has not the form of its type')
  return key
}

/** A key's column as rows are ordered by it: an enum and a set are by their numbers, and compared with texts as texts. */
interface Ordered {
  readonly column: SourceColumn
  /** By which it is compared with a constant of `type`. */
  readonly type: ColumnType
  /** Where the constant of a row stands among the values that `rowsColumns` reads. */
  readonly at: number
}

/** The parts of statements that are always the same for a table; made once. */
export class TableSql {
  readonly #table: SourceTable
  readonly #name: string
  readonly #columns: string
  readonly #keyColumns: string
  readonly #order: readonly Ordered[]
  readonly #orderBy: string

  constructor(table: SourceTable) {
    this.#table = table
    this.#name = tableName(table)
    const numbered = table.key.filter(({ type }) => isNumbered(type))
    this.#columns = [...table.columns.map(selected), ...numbered.map(({ name }) => `${identifier(name)}+0`)].join(', ')
    this.#keyColumns = [...table.key.map(selected), ...numbered.map(({ name }) => `${identifier(name)}+0`)].join(', ')
    this.#order = table.key.map((column) =>
      isNumbered(column.type)
        ? { column, type: { kind: 'unsigned-long' }, at: table.columns.length + numbered.indexOf(column) }
        : { column, type: column.type, at: table.columns.indexOf(column) },
    )
    this.#orderBy = table.key.map(({ name }) => identifier(name)).join(', ')
  }

  /** Where a row's place in the order of keys stands among its values, and of which types. */
  get order(): readonly { readonly type: ColumnType; readonly at: number }[] {
    return this.#order
  }

  /** The next rows by key. */
  rowsAfter(after: readonly KeyText[] | null, limit: number): string {
    const where = after === null ? '' : ` WHERE ${this.#after(after)}`
    return `SELECT ${this.#columns} FROM ${this.#name}${where} ORDER BY ${this.#orderBy} LIMIT ${limit}`
  }

  /** Rows of a range of keys: after one, up to and with another; null: without that end. */
  rowsOfRange(after: readonly KeyText[] | null, upTo: readonly KeyText[] | null): string {
    return `SELECT ${this.#columns} FROM ${this.#name}${this.#range(after, upTo)} ORDER BY ${this.#orderBy}`
  }

  /** The place in the order of keys of the row that is `rows` rows after a key; no row when there are fewer. */
  endOfRange(after: readonly KeyText[] | null, upTo: readonly KeyText[] | null, rows: number): string {
    return `SELECT ${this.#order.map(({ column, type }) => (type === column.type ? selected(column) : `${identifier(column.name)}+0`)).join(', ')} FROM ${this.#name}${this.#range(after, upTo)} ORDER BY ${this.#orderBy} LIMIT 1 OFFSET ${rows - 1}`
  }

  /** Rows and checksum of a range, computed by the server: 64 bits of MD5 of each row's values, joined by XOR. */
  checksumOfRange(after: readonly KeyText[] | null, upTo: readonly KeyText[] | null): string {
    const row = this.#table.columns.map(canonical).join(', ')
    return `SELECT COUNT(*), CAST(BIT_XOR(CAST(CONV(LEFT(MD5(CONCAT_WS('|', ${row})), 16), 16, 10) AS UNSIGNED)) AS CHAR) FROM ${this.#name}${this.#range(after, upTo)}`
  }

  /**
   * Rows changed at or after a time, in the order of change and key.
   *
   * @param key when given, without those of that time up to this key
   */
  changedSince(change: string, key: readonly KeyText[] | null, limit: number): string {
    const column = identifier((this.#table.change as SourceColumn).name)
    const at = text(change)
    const where = key === null ? `${column} >= ${at}` : `${column} >= ${at} AND (${column} > ${at} OR ${this.#after(key)})`
    return `SELECT ${this.#columns} FROM ${this.#name} WHERE ${where} ORDER BY ${column}, ${this.#orderBy} LIMIT ${limit}`
  }

  /** Keys, of those given, that rows have. */
  keysAmong(keys: readonly (readonly KeyText[])[]): string {
    return `SELECT ${this.#keyColumns} FROM ${this.#name} WHERE ${this.among(keys)}`
  }

  /** The rows of keys. */
  rowsAmong(keys: readonly (readonly KeyText[])[]): string {
    return `SELECT ${this.#columns} FROM ${this.#name} WHERE ${this.among(keys)}`
  }

  /** The rows for which all conditions hold. */
  rowsWhere(conditions: readonly string[]): string {
    return `SELECT ${this.#columns} FROM ${this.#name} WHERE ${conditions.map((condition) => `(${condition})`).join(' AND ')}`
  }

  /** A condition that holds for the rows of keys. */
  among(keys: readonly (readonly KeyText[])[]): string {
    const [only, ...more] = this.#table.key
    return more.length === 0 && only !== undefined
      ? `${identifier(only.name)} IN (${keys.map(([key]) => literal(only.type, key as KeyText)).join(', ')})`
      : keys.map((key) => `(${this.#table.key.map(({ name, type }, i) => `${identifier(name)} = ${literal(type, key[i] as KeyText)}`).join(' AND ')})`).join(' OR ')
  }

  /** The conditions of a range of keys: after one, up to and with another; null: without that end. */
  conditions(after: readonly KeyText[] | null, upTo: readonly KeyText[] | null): string[] {
    const [first] = this.#order as [Ordered]
    return [
      ...(after === null ? [] : [this.#after(after)]),
      // The first condition follows from the other: an index serves it.
      ...(upTo === null ? [] : [`${identifier(first.column.name)} <= ${literal(first.type, upTo[0] as KeyText)}`, `NOT ${this.#after(upTo)}`]),
    ]
  }

  #range(after: readonly KeyText[] | null, upTo: readonly KeyText[] | null): string {
    const conditions = this.conditions(after, upTo)
    return conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`
  }

  /** Beyond a key in the order of the key's columns. The first condition follows from the others: an index serves it. */
  #after(key: readonly KeyText[]): string {
    const compared = this.#order.map(({ column, type }, i) => ({ name: identifier(column.name), value: literal(type, key[i] as KeyText) }))
    const beyond = compared.map(({ name, value }, i) => [...compared.slice(0, i).map((equal) => `${equal.name} = ${equal.value}`), `${name} > ${value}`].join(' AND '))
    if (beyond.length === 1) return `(${beyond[0]})`
    const [first] = compared as [(typeof compared)[number]]
    return `(${first.name} >= ${first.value} AND (${beyond.map((part) => `(${part})`).join(' OR ')}))`
  }
}

function isNumbered({ kind }: ColumnType): boolean {
  return kind === 'enum' || kind === 'set'
}

/** A float's own text has 6 of its digits; a double's is read by the driver digit by digit, which is not exact. */
function selected({ name, type }: SourceColumn): string {
  const column = identifier(name)
  if (!readAsText(type)) return column
  return type.kind === 'float' ? `CAST(${column}+0e0 AS CHAR)` : `CAST(${column} AS CHAR)`
}

/** A value so that no two rows have the same values one after another: its length goes before it, a null is a dash. */
function canonical(column: SourceColumn): string {
  // A text as long as a packet could not be joined with others: MySQL gives null, and the change would not be seen.
  if (column.type.kind === 'bytes' || column.type.kind === 'text' || column.type.kind === 'json') return `IFNULL(MD5(${identifier(column.name)}), '-')`
  const value = `CAST(${selected(column)} AS BINARY)`
  return `IFNULL(CONCAT(LENGTH(${value}), ':', ${value}), '-')`
}
