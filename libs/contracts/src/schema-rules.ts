import { type AvroSchema, piiTags } from './avro-schema.js'
import { decoder } from './codec.js'
import { type ResolvedField, type ResolvedRecord, type ResolvedSchema, resolveSchema } from './resolved-schema.js'

/** A rule of this house that a schema breaks: Avro itself would take it. */
export interface RuleBreach {
  readonly rule: string
  /** Field, such as `reasons[].text`; '' for the schema itself. */
  readonly path: string
  readonly message: string
}

const namesPeople = /(^|_)(e?mail|phone|name|address|recipient|actor|birth|iban)(_|$)/
const identifiesPeople = /^(card|customer)_id$/
const snakeCase = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/
const pascalCase = /^[A-Z][A-Za-z0-9]*$/
const tellsUnitOrRange = /\d|UTC/

/**
 * Holds a schema against the rules in this library's README. A type used twice is looked at once.
 */
export function ruleBreaches(schema: AvroSchema): RuleBreach[] {
  const breaches: RuleBreach[] = []
  const seen = new Set<ResolvedSchema>()
  try {
    decoder(schema)
    visit(resolveSchema(schema), '')
  } catch (error) {
    breach('AVRO_VALID', '', error instanceof Error ? error.message : String(error))
  }
  return breaches

  function breach(rule: string, path: string, message: string): void {
    breaches.push({ rule, path, message })
  }

  function visit(type: ResolvedSchema, path: string): void {
    if (type.kind === 'union') return type.branches.forEach((branch) => visit(branch, path))
    if (type.kind === 'array') return visit(type.items, `${path}[]`)
    if (type.kind === 'map') return visit(type.values, `${path}{}`)
    if (!('fullName' in type) || seen.has(type)) return
    seen.add(type)
    if (!type.definition.doc?.trim()) breach('DOC', path, `the ${type.kind} ${type.shortName} needs a doc`)
    if (!pascalCase.test(type.shortName)) breach('NAME', path, `the type ${type.shortName} must be in PascalCase`)
    if (type.kind === 'enum' && (type.fallback === undefined) !== (type.definition.closed === true)) {
      breach('ENUM_DEFAULT', path, `${type.shortName} needs a default, which old readers see instead of a new symbol, or else "closed": true`)
    }
    if (type.kind === 'record') for (const field of type.fields) visitField(field, type, path === '' ? field.name : `${path}.${field.name}`)
  }

  function visitField(field: ResolvedField, record: ResolvedRecord, path: string): void {
    const { doc, pii } = field.definition
    const nullable = field.type.kind === 'union' && field.type.branches.some(({ kind }) => kind === 'null')
    const scalar = scalarOf(field.type)

    if (!snakeCase.test(field.name)) breach('NAME', path, 'the field must be in snake_case')
    if (!doc?.trim()) breach('DOC', path, 'the field needs a doc: what it is, unit, range, source')
    else if (scalar && isNumber(scalar.kind) && !tellsUnitOrRange.test(doc)) breach('DOC', path, 'the doc of a number must tell its range or unit')

    if (nullable && !(field.type.kind === 'union' && field.type.branches[0]?.kind === 'null' && field.definition.default === null)) {
      breach('NULLABLE', path, 'a nullable field has null as its first branch and as its default: else it can never go')
    }

    if (scalar?.logicalType?.includes('timestamp') || field.name.endsWith('_at')) {
      if (scalar?.kind !== 'long' || scalar.logicalType !== 'timestamp-millis') breach('TIME', path, 'a time is a long of logicalType timestamp-millis')
      if (doc && !doc.includes('UTC')) breach('TIME', path, 'the doc of a time must say UTC')
    }
    if (field.name.endsWith('_minor') && (scalar?.kind !== 'long' || !record.fields.some(({ name }) => name === 'currency'))) {
      breach('MONEY', path, 'money is a long of minor units, with its currency in the same record')
    }

    if (pii !== undefined && !(piiTags as readonly string[]).includes(pii)) breach('PII', path, `pii must be one of ${piiTags.join(', ')}`)
    if (pii === undefined && namesPeople.test(field.name)) breach('PII', path, `the name sounds personal: tag it with "pii" (${piiTags.join(', ')})`)
    if (identifiesPeople.test(field.name) && pii !== 'pseudonymous') breach('PII', path, 'it stands for a person: "pii" must be pseudonymous')

    visit(field.type, path)
  }
}

/**
 * Changes that Avro allows and that still change what a field means: another logical type (milliseconds read as
 * microseconds), text read as bytes. Fields are matched by name or alias.
 */
export function meaningChanges(newer: AvroSchema, older: AvroSchema): RuleBreach[] {
  const breaches: RuleBreach[] = []
  const seen = new Set<ResolvedSchema>()
  compare(resolveSchema(newer), resolveSchema(older), '')
  return breaches

  function compare(now: ResolvedSchema, then: ResolvedSchema, path: string): void {
    if (now.kind === 'union' || then.kind === 'union') {
      for (const branch of branchesOf(now)) {
        const other = branchesOf(then).find((candidate) => meant(candidate) === meant(branch))
        if (other) compare(branch, other, path)
      }
    } else if (now.kind === 'array' && then.kind === 'array') compare(now.items, then.items, `${path}[]`)
    else if (now.kind === 'map' && then.kind === 'map') compare(now.values, then.values, `${path}{}`)
    else if (now.kind === 'record' && then.kind === 'record') compareRecords(now, then, path)
    else if ('logicalType' in now && 'logicalType' in then) {
      if (now.logicalType !== then.logicalType) breach(path, `its logicalType was ${then.logicalType ?? 'none'} and is ${now.logicalType ?? 'none'}`)
      if (now.kind !== then.kind && meant(now) === 'text' && meant(then) === 'text') breach(path, `it was ${then.kind} and is ${now.kind}`)
    }
  }

  function compareRecords(now: ResolvedRecord, then: ResolvedRecord, path: string): void {
    if (seen.has(now)) return
    seen.add(now)
    for (const field of now.fields) {
      const other = then.fields.find(({ name }) => name === field.name || field.aliases.includes(name))
      if (other) compare(field.type, other.type, path === '' ? field.name : `${path}.${field.name}`)
    }
  }

  function breach(path: string, message: string): void {
    breaches.push({ rule: 'MEANING_CHANGED', path, message: `${message}: Avro reads the one as the other; add a new field instead` })
  }
}

function branchesOf(type: ResolvedSchema): readonly ResolvedSchema[] {
  return type.kind === 'union' ? type.branches : [type]
}

/** Kinds between which a branch of a union stays the same branch. */
function meant(type: ResolvedSchema): string {
  if (type.kind === 'string' || type.kind === 'bytes') return 'text'
  if (isNumber(type.kind)) return 'number'
  return 'shortName' in type ? type.shortName : type.kind
}

/** The primitive of a field that is one, or is one or null. */
function scalarOf(type: ResolvedSchema): Extract<ResolvedSchema, { logicalType: string | undefined }> | undefined {
  const branches = branchesOf(type).filter(({ kind }) => kind !== 'null')
  const only = branches.length === 1 ? branches[0] : undefined
  return only && 'logicalType' in only ? only : undefined
}

function isNumber(kind: string): boolean {
  return kind === 'int' || kind === 'long' || kind === 'float' || kind === 'double'
}
