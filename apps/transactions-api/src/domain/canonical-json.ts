/**
 * One text for each value of JSON, whatever the order of the fields: names sorted by UTF-16 code units, no blanks,
 * numbers and texts as ECMAScript writes them (RFC 8785, JSON Canonicalization Scheme). Absent fields are left out.
 *
 * @param value what JSON can hold; fields may be undefined
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null)
  let fields = ''
  for (const name of Object.keys(value).sort()) {
    const field = (value as Readonly<Record<string, unknown>>)[name]
    if (field !== undefined) fields += `${fields === '' ? '' : ','}${JSON.stringify(name)}:${canonicalJson(field)}`
  }
  return `{${fields}}`
}
