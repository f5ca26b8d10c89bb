/** Text for a column: PostgreSQL's text cannot hold the character NUL. */
export function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD')
}

/** As `storable`, for a text that may be missing. */
export function storableOrNull(text: string | null): string | null {
  return text === null ? null : storable(text)
}
