import type { AvroField, AvroSchema } from '@swipestream/contracts'
import { valueSchemaOf } from './table-schema.js'

/** A column whose values no longer mean what they did. */
export interface MeaningChanged {
  readonly field: string
  /** For people: `long, io.debezium.time.Timestamp`. */
  readonly before: string
  readonly now: string
}

/**
 * Fields that must stay nullable whatever their columns are now: those that were nullable, for what was written, and
 * those that were not there, for what was written without them.
 *
 * @param previous the envelope's schema that the topic was written with last
 */
export function fieldsToKeepNullable(previous: AvroSchema, fields: readonly string[]): ReadonlySet<string> {
  const known = new Map(valueFields(previous).map((field) => [field.name, field]))
  return new Set(fields.filter((name) => {
    const before = known.get(name)
    return before === undefined || isNullable(before.type)
  }))
}

/**
 * Columns that changed in a way in which readers of the topic would take old values for others. Beyond what a registry
 * compares: a `datetime(3)` and a `datetime(6)` are both a long, of milliseconds and of microseconds; decimals of two
 * scales are both bytes.
 */
export function meaningsChanged(previous: AvroSchema, next: AvroSchema): MeaningChanged[] {
  const known = new Map(valueFields(previous).map((field) => [field.name, field.type]))
  const changed: MeaningChanged[] = []
  for (const { name, type } of valueFields(next)) {
    const before = known.get(name)
    if (before !== undefined && !continues(meaningOf(before), meaningOf(type))) changed.push({ field: name, before: wordsOf(before), now: wordsOf(type) })
  }
  return changed
}

/** Whether rows have a column that they had not: a server fills it in all rows, and says of none that it was changed. */
export function hasNewFields(previous: AvroSchema, next: AvroSchema): boolean {
  const known = new Set(valueFields(previous).map(({ name }) => name))
  return valueFields(next).some(({ name }) => !known.has(name))
}

interface Meaning {
  readonly type: string
  /** Connect's name, and a decimal's scale; empty for a plain type. */
  readonly name: string
}

/** Texts of whatever kind are texts; whole numbers and floats may grow. */
function continues(before: Meaning, now: Meaning): boolean {
  if (before.type === now.type && before.name === now.name) return true
  const textual = ({ type, name }: Meaning) => type === 'string' && !name.includes('time')
  if (textual(before) && textual(now)) return true
  return before.name === '' && now.name === '' && ((before.type === 'int' && now.type === 'long') || (before.type === 'float' && now.type === 'double'))
}

function meaningOf(schema: AvroSchema): Meaning {
  const branch = present(schema)
  if (typeof branch === 'string') return { type: branch, name: '' }
  const { type, 'connect.name': connectName = '', scale } = branch as { readonly type: AvroSchema; readonly 'connect.name'?: string; readonly scale?: number }
  return { type: typeof type === 'string' ? type : 'record', name: scale === undefined ? connectName : `${connectName}(scale ${scale})` }
}

function wordsOf(schema: AvroSchema): string {
  const { type, name } = meaningOf(schema)
  return name === '' ? type : `${type}, ${name}`
}

function present(schema: AvroSchema): AvroSchema {
  return isNullable(schema) ? (schema.find((branch) => branch !== 'null') ?? 'null') : schema
}

function isNullable(schema: AvroSchema): schema is readonly AvroSchema[] {
  return Array.isArray(schema) && schema.includes('null')
}

function valueFields(envelope: AvroSchema): readonly AvroField[] {
  return valueSchemaOf(envelope)?.fields ?? []
}
