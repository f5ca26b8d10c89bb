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

/** Rows under their titles, each column as wide as it must be; columns of numbers stand to the right. */
export function tableOf(titles: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] {
  const widths = titles.map((title, i) => Math.max(title.length, ...rows.map((row) => String(row[i]).length)))
  const line = (row: readonly (string | number)[]) =>
    row.map((cell, i) => (typeof cell === 'number' ? String(cell).padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0))).join('  ').trimEnd()
  const numeric = titles.map((_, i) => rows.length > 0 && rows.every((row) => typeof row[i] === 'number'))
  const head = titles.map((title, i) => (numeric[i] ? title.padStart(widths[i] ?? 0) : title))
  return [line(head), ...rows.map(line)]
}
