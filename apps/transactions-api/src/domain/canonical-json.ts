/**
 * One text for each value of JSON, whatever the order of the fields: names sorted by UTF-16 code units, no blanks,
 * numbers and texts as ECMAScript writes them (RFC 8785, JSON Canonicalization Scheme). Absent fields are left out.
 *
 * @param value what JSON can hold; fields may be undefined
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null)
  const fields = Object.entries(value).filter(([, field]) => field !== undefined)
  // Names of one object are never equal.
  fields.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonicalJson(field)}`).join(',')}}`
}
