/**
 * Text from outside as one line that is only what it looks like: control characters (a line break would end a header),
 * format characters (bidirectional overrides, zero-width) and line separators become blanks, runs of blanks one.
 *
 * @param maxLength in characters; longer text is cut and ends in `...`
 */
export function oneLine(text: string, maxLength: number): string {
  const line = text.toWellFormed().replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim()
  return shorten(line, maxLength)
}

/** Cuts to at most `maxLength` characters (code points), the last three of them dots when something is cut. */
export function shorten(text: string, maxLength: number): string {
  const characters = [...text]
  if (characters.length <= maxLength) return text
  return `${characters.slice(0, Math.max(0, maxLength - 3)).join('').trimEnd()}...`
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Text as the content of an HTML element or a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] as string)
}
