import type { AvroSchema } from './avro-schema.js'
import { type ResolvedEnum, type ResolvedField, type ResolvedFixed, type ResolvedRecord, type ResolvedSchema, resolveSchema } from './resolved-schema.js'

/** Why a reader cannot read; named as in Avro's `SchemaCompatibility` for Java, which registries use. */
export type IncompatibilityRule =
  | 'NAME_MISMATCH'
  | 'FIXED_SIZE_MISMATCH'
  | 'MISSING_ENUM_SYMBOLS'
  | 'READER_FIELD_MISSING_DEFAULT_VALUE'
  | 'TYPE_MISMATCH'
  | 'MISSING_UNION_BRANCH'
  | 'AMBIGUOUS_ALIASES'

export interface Incompatibility {
  /** Field of the reader, such as `reasons[].evidence[].value`; '' for the whole value. */
  readonly path: string
  readonly rule: IncompatibilityRule
  readonly message: string
}

/** What each primitive may be read as, besides itself (Avro 1.11 specification, "Schema Resolution"). */
const promotions: Record<string, readonly string[]> = {
  int: ['long', 'float', 'double'],
  long: ['float', 'double'],
  float: ['double'],
  string: ['bytes'],
  bytes: ['string'],
}

/**
 * What stops a reader of one schema from reading the values of another; empty when nothing does.
 *
 * Avro's own rules as the Java library, and so a schema registry, applies them:
 * - names of records, enums and fixeds are compared without their namespace, aliases with it;
 * - a field of the reader is matched by name or by one of its aliases; one that matches nothing needs a default;
 * - the writer's enum symbols must be the reader's, unless the reader's enum has a default;
 * - each branch of the writer's union must be readable, and some branch of the reader's union must fit;
 * - docs, orders, logical types and attributes of other names do not count.
 *
 * @throws Error when a schema is not valid Avro.
 */
export function incompatibilities(reader: AvroSchema, writer: AvroSchema): Incompatibility[] {
  return new Check().compare(resolveSchema(reader), resolveSchema(writer), '')
}

class Check {
  /** Pairs of records under way: a type that holds itself is readable if the rest of it is. */
  private readonly underWay = new Map<ResolvedRecord, Set<ResolvedRecord>>()

  compare(reader: ResolvedSchema, writer: ResolvedSchema, path: string): Incompatibility[] {
    if (writer.kind === 'union') return writer.branches.flatMap((branch) => this.compare(reader, branch, path))
    if (reader.kind === 'union') {
      if (reader.branches.some((branch) => this.compare(branch, writer, path).length === 0)) return []
      return [found(path, 'MISSING_UNION_BRANCH', `the reader's union has no branch for the writer's ${describe(writer)}`)]
    }
    if (reader.kind === 'array' && writer.kind === 'array') return this.compare(reader.items, writer.items, `${path}[]`)
    if (reader.kind === 'map' && writer.kind === 'map') return this.compare(reader.values, writer.values, `${path}{}`)
    if (reader.kind === 'record' && writer.kind === 'record') return this.records(reader, writer, path)
    if (reader.kind === 'enum' && writer.kind === 'enum') return [...nameMismatch(reader, writer, path), ...missingSymbols(reader, writer, path)]
    if (reader.kind === 'fixed' && writer.kind === 'fixed') {
      const sizes = reader.size === writer.size ? [] : [found(path, 'FIXED_SIZE_MISMATCH', `the reader has ${reader.size} bytes, the writer ${writer.size}`)]
      return [...nameMismatch(reader, writer, path), ...sizes]
    }
    if (reader.kind === writer.kind || promotions[writer.kind]?.includes(reader.kind)) return []
    return [found(path, 'TYPE_MISMATCH', `the reader's ${describe(reader)} cannot hold the writer's ${describe(writer)}`)]
  }

  private records(reader: ResolvedRecord, writer: ResolvedRecord, path: string): Incompatibility[] {
    const partners = this.underWay.get(reader) ?? new Set()
    if (partners.has(writer)) return []
    this.underWay.set(reader, partners.add(writer))
    const result = nameMismatch(reader, writer, path)
    for (const field of reader.fields) result.push(...this.field(field, writer, path === '' ? field.name : `${path}.${field.name}`))
    partners.delete(writer)
    return result
  }

  private field(field: ResolvedField, writer: ResolvedRecord, path: string): Incompatibility[] {
    const names = [field.name, ...field.aliases]
    const matches = writer.fields.filter(({ name }) => names.includes(name))
    const [match] = matches
    if (matches.length > 1) {
      return [found(path, 'AMBIGUOUS_ALIASES', `the reader's field stands for several of the writer's: ${matches.map(({ name }) => name).join(', ')}`)]
    }
    if (match !== undefined) return this.compare(field.type, match.type, path)
    if (field.hasDefault) return []
    return [found(path, 'READER_FIELD_MISSING_DEFAULT_VALUE', 'the writer has no such field, and the reader has no default for it')]
  }
}

function nameMismatch(reader: ResolvedRecord | ResolvedEnum | ResolvedFixed, writer: typeof reader, path: string): Incompatibility[] {
  if (reader.shortName === writer.shortName || reader.aliases.includes(writer.fullName)) return []
  return [found(path, 'NAME_MISMATCH', `the reader's ${reader.kind} is named ${reader.fullName}, the writer's ${writer.fullName}`)]
}

function missingSymbols(reader: ResolvedEnum, writer: ResolvedEnum, path: string): Incompatibility[] {
  const missing = writer.symbols.filter((symbol) => !reader.symbols.includes(symbol))
  if (missing.length === 0 || (reader.fallback !== undefined && reader.symbols.includes(reader.fallback))) return []
  return [found(path, 'MISSING_ENUM_SYMBOLS', `the reader's enum does not know ${missing.join(', ')}, and has no default`)]
}

function found(path: string, rule: IncompatibilityRule, message: string): Incompatibility {
  return { path, rule, message }
}

function describe(schema: ResolvedSchema): string {
  return 'fullName' in schema ? `${schema.kind} ${schema.fullName}` : schema.kind
}

/** A registry's levels that differ here: which of new and old reads which. */
export type CompatibilityDirection = 'BACKWARD' | 'FORWARD' | 'FULL'

/** Incompatibilities of a changed schema with an older one. BACKWARD: new reads old. FORWARD: old reads new. FULL: both. */
export function breaksWith(newer: AvroSchema, older: AvroSchema, direction: CompatibilityDirection): Incompatibility[] {
  return [
    ...(direction === 'FORWARD' ? [] : incompatibilities(newer, older)),
    ...(direction === 'BACKWARD' ? [] : incompatibilities(older, newer)),
  ]
}
