import { type ResolvedSchema, resolveSchema, type Topic } from '@swipestream/contracts'

/** What stands for a personal value that is not shown. */
export function masked(pii: string): string {
  return `[masked: pii ${pii}]`
}

/** The `pii` tag of the field that is the key of a topic's records, if it is personal. */
export function piiOfKey(topic: Topic<unknown>): string | undefined {
  const schema = resolveSchema(topic.schema)
  const field = schema.kind === 'record' ? schema.fields.find(({ name }) => name === topic.key) : undefined
  return personal(field?.definition.pii)
}

/** A decoded value as JSON shows it: bytes as base64 and, unless all is to be revealed, a mask for each personal field. */
export function shown(value: unknown, topic: Topic<unknown>, reveal: boolean): unknown {
  return show(value, resolveSchema(topic.schema), reveal)
}

function show(value: unknown, schema: ResolvedSchema, reveal: boolean): unknown {
  if (value === null || typeof value !== 'object') return value
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  const branches = schema.kind === 'union' ? schema.branches : [schema]
  if (Array.isArray(value)) {
    const list = branches.find((branch) => branch.kind === 'array')
    return list ? value.map((item) => show(item, list.items, reveal)) : value
  }
  const fields = branches.flatMap((branch) => (branch.kind === 'record' ? branch.fields : []))
  const map = branches.find((branch) => branch.kind === 'map')
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const field = fields.find((candidate) => candidate.name === name)
      const pii = personal(field?.definition.pii)
      // That there is nothing is no secret.
      if (pii !== undefined && !reveal && inner !== null) return [name, masked(pii)]
      const type = field?.type ?? map?.values
      return [name, type ? show(inner, type, reveal) : inner]
    }),
  )
}

function personal(pii: string | undefined): string | undefined {
  return pii === 'none' ? undefined : pii
}
