import { resolveSchema, type ResolvedSchema, type AvroSchema, type RowValue } from '@swipestream/contracts'

/** Fields of a record's schema by name; of an envelope, the columns of its row. */
export function columnsOf(schema: AvroSchema): ReadonlyMap<string, ResolvedSchema> {
  const root = resolveSchema(schema)
  if (root.kind !== 'record') return new Map()
  const after = root.fields.find(({ name }) => name === 'after')
  const row = after === undefined ? root : branchesOf(after.type).find((branch) => branch.kind === 'record')
  return new Map((row ?? root).fields.map(({ name, type }) => [name, type]))
}

/** A text as a value of a column; undefined when it is none, or nothing that can be typed in. `null` is null where there is one. */
export function typedValue(text: string, type: ResolvedSchema): RowValue | undefined {
  const kinds = branchesOf(type).map(({ kind }) => kind)
  if (text === 'null' && kinds.includes('null')) return null
  if (kinds.includes('string') || kinds.includes('enum')) return text
  if (kinds.includes('boolean')) return text === 'true' ? true : text === 'false' ? false : undefined
  if ((kinds.includes('int') || kinds.includes('long')) && /^-?\d+$/.test(text)) return Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text)
  if ((kinds.includes('float') || kinds.includes('double')) && text.trim() !== '' && Number.isFinite(Number(text))) return Number(text)
  return undefined
}

function branchesOf(type: ResolvedSchema): readonly ResolvedSchema[] {
  return type.kind === 'union' ? type.branches : [type]
}
