/** A text that others have written, for a terminal: without the characters that steer one. */
export function plain(text: string): string {
  return text.replaceAll(/\p{C}/gu, '\uFFFD')
}

/** The same, of a text that may have several lines: those after the first are indented. */
export function plainLines(text: string, indent: string): string {
  return text.split('\n').map(plain).join(`\n${indent}`)
}

/** A time for people, UTC, to the second. @param ms milliseconds since the Unix epoch */
export function timeOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}

/**
 * Rows under their titles, each column as wide as it must be; columns of numbers stand to the right.
 *
 * @param right whether columns stand to the right whose numbers are texts
 */
export function tableOf(titles: readonly string[], rows: readonly (readonly (string | number)[])[], right: readonly boolean[] = []): string[] {
  const widths = titles.map((title, i) => Math.max(title.length, ...rows.map((row) => String(row[i]).length)))
  const toRight = titles.map((_, i) => right[i] ?? (rows.length > 0 && rows.every((row) => typeof row[i] === 'number')))
  const line = (row: readonly (string | number)[]) =>
    row.map((cell, i) => (toRight[i] ? String(cell).padStart(widths[i] ?? 0) : String(cell).padEnd(widths[i] ?? 0))).join('  ').trimEnd()
  return [line(titles), ...rows.map(line)]
}
