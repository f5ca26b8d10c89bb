import { readFileSync } from 'node:fs'
import { type ResolvedRecord, type ResolvedSchema, resolveSchema, type Topic } from '@swipestream/contracts'
import { toError } from '@swipestream/platform'
import { UsageError } from '../command.js'

/** One change of a decoded record. */
export interface Change {
  /** Names of a field, and of fields and map entries within. */
  readonly path: readonly string[]
  /** undefined: the entry of a map is removed. */
  readonly value: unknown
}

type Holder = ResolvedRecord | Extract<ResolvedSchema, { kind: 'map' }>

/**
 * The changes that options ask for, first those of the file.
 *
 * @param edits each `field=value`, with dots into what a field holds
 * @param file a merge patch as RFC 7396 has it, with one difference: null removes an entry of a map, but sets a record's
 *   field to null, for a record has all its fields
 * @throws UsageError when a field is named that the topic's schema does not have
 */
export function parsePatch(topic: Topic<unknown>, edits: readonly string[], file?: string): Change[] {
  const schema = resolveSchema(topic.schema)
  const ofFile = file === undefined ? [] : changesOf(readPatch(file), schema)
  return [...ofFile, ...edits.map((edit) => parseEdit(edit, schema))]
}

/** The value with the change; the value given stays as it is. */
export function changed(target: unknown, { path, value }: Change): unknown {
  const [name, ...rest] = path
  if (name === undefined) return value
  const copy: Record<string, unknown> = isObject(target) ? { ...target } : {}
  if (rest.length === 0 && value === undefined) delete copy[name]
  else copy[name] = changed(copy[name], { path: rest, value })
  return copy
}

function parseEdit(edit: string, schema: ResolvedSchema): Change {
  const [, name, text = ''] = /^([^=\s]+)=(.*)$/s.exec(edit) ?? []
  const path = name?.split('.') ?? []
  if (path.length === 0 || path.includes('')) throw new UsageError(`--edit takes field=value, not ${edit}`)
  let [type, inMap] = [schema, false]
  for (const [i, part] of path.entries()) {
    inMap = holderOf(type)?.kind === 'map'
    type = memberOf(type, part, path.slice(0, i))
  }
  const value = typed(text, type)
  requireKnown(value, type, path)
  return { path, value: value === null && inMap ? undefined : value }
}

function readPatch(file: string): unknown {
  let patch: unknown
  try {
    patch = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new UsageError(`--edit-with: ${toError(error).message}`)
  }
  if (!isObject(patch)) throw new UsageError(`--edit-with: ${file} holds no JSON object`)
  return patch
}

function changesOf(patch: unknown, type: ResolvedSchema, path: readonly string[] = [], inMap = false): Change[] {
  const holder = holderOf(type)
  if (isObject(patch) && holder) {
    return Object.entries(patch).flatMap(([name, value]) => changesOf(value, memberOf(type, name, path), [...path, name], holder.kind === 'map'))
  }
  requireKnown(patch, type, path)
  return [{ path, value: patch === null && inMap ? undefined : patch }]
}

/** The text as a value of the type; where it is none, as it is: the encoder refuses it by field. */
function typed(text: string, type: ResolvedSchema): unknown {
  if (text === 'null') return null
  for (const branch of branchesOf(type)) {
    switch (branch.kind) {
      case 'string':
      case 'enum':
        return text
      case 'boolean':
        if (text === 'true' || text === 'false') return text === 'true'
        break
      case 'int':
      case 'long':
      case 'float':
      case 'double':
        if (/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text)) return Number(text)
        break
      case 'array':
      case 'map':
      case 'record':
        return jsonOr(text)
      default:
    }
  }
  return text
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return text
    throw error
  }
}

/** The encoder writes what it knows, and would leave out the rest without a word. @throws UsageError */
function requireKnown(value: unknown, type: ResolvedSchema, path: readonly string[]): void {
  if (Array.isArray(value)) {
    const list = branchesOf(type).find((branch) => branch.kind === 'array')
    if (list) for (const [i, item] of value.entries()) requireKnown(item, list.items, [...path, String(i)])
  } else if (isObject(value) && holderOf(type)) {
    for (const [name, inner] of Object.entries(value)) requireKnown(inner, memberOf(type, name, path), [...path, name])
  }
}

/** The type of a record's field or a map's entry. @throws UsageError */
function memberOf(type: ResolvedSchema, name: string, path: readonly string[]): ResolvedSchema {
  const holder = holderOf(type)
  if (holder?.kind === 'map') return holder.values
  const field = holder?.fields.find((candidate) => candidate.name === name)
  if (field) return field.type
  const where = path.length > 0 ? path.join('.') : holder?.shortName
  throw new UsageError(`there is no field ${[...path, name].join('.')}: ${where} has ${holder?.fields.map((candidate) => candidate.name).join(', ') ?? 'none; give it whole'}`)
}

function holderOf(type: ResolvedSchema): Holder | undefined {
  return branchesOf(type).find((branch) => branch.kind === 'record' || branch.kind === 'map')
}

function branchesOf(type: ResolvedSchema): readonly ResolvedSchema[] {
  return type.kind === 'union' ? type.branches : [type]
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
