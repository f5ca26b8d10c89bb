import type { AvroSchema } from '../avro-schema.js'
import { type ResolvedRecord, type ResolvedSchema, resolveSchema } from '../resolved-schema.js'

/** A field of a record, as people read of it. */
export interface DescribedField {
  /** From the record on: `place.latitude`; `reasons[].rule_id` within an array, `values{}` within a map. */
  readonly path: string
  /** In words: `text`, `whole number`, `list of Reason`; a nullable one ends in `or null`. */
  readonly type: string
  readonly doc: string
  /** `direct`, `pseudonymous` or `quasi`; null where the field is not personal. */
  readonly pii: string | null
  /** Words that it can be. */
  readonly symbols: readonly string[]
  /** How many records it is inside of. */
  readonly depth: number
}

const words: Readonly<Record<string, string>> = {
  boolean: 'true or false',
  int: 'whole number, 32 bits',
  long: 'whole number, 64 bits',
  float: 'number, 32 bits',
  double: 'number, 64 bits',
  string: 'text',
  bytes: 'bytes',
}

const logicalWords: Readonly<Record<string, string>> = { 'timestamp-millis': 'time, milliseconds', uuid: 'UUID' }

/** Every field of a schema's record, those of the records in it after the field that holds them. */
export function describedFields(schema: AvroSchema): DescribedField[] {
  const resolved = resolveSchema(schema)
  return resolved.kind === 'record' ? fieldsOf(resolved, '', []) : []
}

/** Fields of a schema, by path, that name or narrow down to a person. */
export function personalFields(schema: AvroSchema): DescribedField[] {
  return describedFields(schema).filter(({ pii }) => pii !== null)
}

function fieldsOf(record: ResolvedRecord, prefix: string, outer: readonly ResolvedRecord[]): DescribedField[] {
  return record.fields.flatMap(({ name, type, definition }) => {
    const path = prefix + name
    const { inner, suffix } = innermost(type)
    const pii = definition.pii === undefined || definition.pii === 'none' ? null : definition.pii
    const symbols = inner.kind === 'enum' ? inner.symbols : []
    const field: DescribedField = { path, type: typeInWords(type), doc: definition.doc ?? '', pii, symbols, depth: outer.length }
    // A type that stands within itself, or in two places of one record, is told once in each place, and never without end.
    const nested = inner.kind === 'record' && inner !== record && !outer.includes(inner) ? fieldsOf(inner, `${path}${suffix}.`, [...outer, record]) : []
    return [field, ...nested]
  })
}

/** What arrays, maps and nullable unions hold in the end. */
function innermost(schema: ResolvedSchema, suffix = ''): { inner: ResolvedSchema; suffix: string } {
  if (schema.kind === 'array') return innermost(schema.items, `${suffix}[]`)
  if (schema.kind === 'map') return innermost(schema.values, `${suffix}{}`)
  const branches = schema.kind === 'union' ? schema.branches.filter(({ kind }) => kind !== 'null') : []
  return branches.length === 1 && branches[0] ? innermost(branches[0], suffix) : { inner: schema, suffix }
}

function typeInWords(schema: ResolvedSchema): string {
  switch (schema.kind) {
    case 'union':
      return schema.branches
        .toSorted((a, b) => Number(a.kind === 'null') - Number(b.kind === 'null'))
        .map((branch) => (branch.kind === 'null' ? 'null' : typeInWords(branch)))
        .join(' or ')
    case 'array':
      return `list of ${typeInWords(schema.items)}`
    case 'map':
      return `map of text to ${typeInWords(schema.values)}`
    case 'record':
    case 'enum':
    case 'fixed':
      return schema.shortName
    default:
      return logicalWords[schema.logicalType ?? ''] ?? words[schema.kind] ?? schema.kind
  }
}
