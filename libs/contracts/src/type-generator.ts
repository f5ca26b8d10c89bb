import { type AvroDefinition, type AvroSchema, fullName, isPrimitive, isUnion, namespaceOf } from './avro-schema.js'

/** A schema and where it comes from, for messages. */
export interface SchemaSource {
  /** Such as `transaction`: the name of its folder and file. */
  readonly name: string
  readonly schema: AvroSchema
}

const heading = '// Generated from schemas/ by `npm run contracts -- generate`. Do not edit: change the .avsc file.\n'

const scalars: Record<string, string> = {
  null: 'null',
  boolean: 'boolean',
  int: 'number',
  long: 'number',
  float: 'number',
  double: 'number',
  string: 'string',
  bytes: 'Buffer',
}

interface Definition {
  readonly from: string
  readonly json: string
  readonly code: string
}

/**
 * TypeScript types of the schemas: an interface for a record, a union of literals for an enum, docs as TSDoc.
 *
 * A type that several schemas define (Avro has no imports) is written once.
 *
 * @throws Error when two schemas define one full name differently, or two full names share one short name.
 */
export function generateTypes(sources: readonly SchemaSource[]): string {
  const definitions = new Map<string, Definition>()
  const owners = new Map<string, string>()
  for (const source of sources) collect(source.schema, undefined, source.name)
  return heading + [...definitions.values()].map(({ code }) => `\n${code}`).join('')

  function collect(schema: AvroSchema, namespace: string | undefined, from: string): string {
    if (typeof schema === 'string') return isPrimitive(schema) ? scalar(schema) : shortName(schema)
    if (isUnion(schema)) {
      const branches = schema.map((branch) => collect(branch, namespace, from))
      // null reads best last: `string | null`.
      return [...new Set([...branches.filter((b) => b !== 'null'), ...branches.filter((b) => b === 'null')])].join(' | ')
    }
    switch (schema.type) {
      case 'record':
      case 'error':
      case 'enum':
      case 'fixed':
        return define(schema, namespace, from)
      case 'array':
        return arrayOf(collect(part(schema, 'items'), namespace, from))
      case 'map':
        return `Record<string, ${collect(part(schema, 'values'), namespace, from)}>`
      default:
        return collect(schema.type, namespace, from)
    }
  }

  function define(schema: AvroDefinition, enclosing: string | undefined, from: string): string {
    const name = part(schema, 'name')
    const inner = namespaceOf(schema, enclosing)
    const full = fullName(name, inner)
    const short = shortName(full)
    const json = JSON.stringify(schema)
    const known = definitions.get(full)
    if (known !== undefined) {
      if (known.json !== json) throw new Error(`${full} is defined differently in ${known.from} and in ${from}: make them equal`)
      return short
    }
    const owner = owners.get(short)
    if (owner !== undefined) throw new Error(`${full} and ${owner} would both be the TypeScript type ${short}: rename one`)
    owners.set(short, full)
    // Reserved at once, so that the outer type stands before the types in it, and a recursive one ends.
    definitions.set(full, { from, json, code: '' })
    definitions.set(full, { from, json, code: tsdoc(schema.doc, '') + body(schema, short, inner, from) })
    return short
  }

  function body(schema: AvroDefinition, short: string, namespace: string | undefined, from: string): string {
    if (schema.type === 'fixed') return `export type ${short} = Buffer\n`
    if (schema.type === 'enum') {
      return `export type ${short} = ${part(schema, 'symbols').map((symbol) => `'${symbol}'`).join(' | ')}\n`
    }
    const fields = part(schema, 'fields').map((field) => {
      const pii = field.pii === undefined || field.pii === 'none' ? '' : ` Personal data: ${field.pii}.`
      return `${tsdoc(`${field.doc ?? ''}${pii}`.trim(), '  ')}  ${field.name}: ${collect(field.type, namespace, from)}\n`
    })
    return `export interface ${short} {\n${fields.join('')}}\n`
  }
}

/**
 * The newest schemas as constants, so that a service carries its contracts in its own code and reads no file.
 */
export function generateSchemaConstants(sources: readonly SchemaSource[]): string {
  const constants = sources.map(({ name, schema }) => `\nexport const ${constantName(name)}: AvroSchema = ${literal(schema, '')}\n`)
  return `${heading}import type { AvroSchema } from '../avro-schema.js'\n${constants.join('')}`
}

/** `fraud-alert` → `fraudAlertSchema`. */
function constantName(name: string): string {
  return `${name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())}Schema`
}

function literal(value: unknown, indent: string): string {
  const inner = `${indent}  `
  if (Array.isArray(value)) {
    const flat = `[${value.map((item) => literal(item, inner)).join(', ')}]`
    if (!flat.includes('\n') && flat.length < 100) return flat
    return `[\n${value.map((item) => `${inner}${literal(item, inner)},\n`).join('')}${indent}]`
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
    return `{\n${entries.map(([key, item]) => `${inner}${key}: ${literal(item, inner)},\n`).join('')}${indent}}`
  }
  if (typeof value === 'string') return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`
  return String(value)
}

function scalar(name: string): string {
  const type = scalars[name]
  if (type === undefined) throw new Error(`no TypeScript type for Avro's ${name}`)
  return type
}

function arrayOf(item: string): string {
  return /^\w+$/.test(item) ? `${item}[]` : `(${item})[]`
}

function shortName(full: string): string {
  return full.slice(full.lastIndexOf('.') + 1)
}

function tsdoc(doc: string | undefined, indent: string): string {
  return doc ? `${indent}/** ${doc.replaceAll('*/', '*\\/')} */\n` : ''
}

function part<K extends 'name' | 'symbols' | 'fields' | 'items' | 'values'>(schema: AvroDefinition, key: K): NonNullable<AvroDefinition[K]> {
  const value = schema[key]
  if (value === undefined) throw new Error(`a schema of type ${JSON.stringify(schema.type)} has no "${key}"`)
  return value
}
