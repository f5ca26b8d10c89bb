import type { RowValue } from '@swipestream/contracts'

/** JSON of a decoded value: a long in all its digits, bytes in base64. */
export function jsonOf(value: RowValue): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  if (value instanceof Uint8Array) return JSON.stringify(base64(value))
  if (Array.isArray(value)) return `[${value.map((item: RowValue) => jsonOf(item)).join(',')}]`
  return `{${Object.entries(value).map(([name, inner]) => `${JSON.stringify(name)}:${jsonOf(inner as RowValue)}`).join(',')}}`
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}
