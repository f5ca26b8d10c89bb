/**
 * The fields of one line of CSV (RFC 4180), quoted or not; undefined when a quote is not closed in the line, or something
 * follows a closing one. A field cannot have a line break: a quote that is lost would otherwise take all that follows with it.
 */
export function csvFields(line: string): string[] | undefined {
  if (!line.includes('"')) return line.split(',')
  const fields: string[] = []
  for (let start = 0; ; ) {
    if (line[start] !== '"') {
      const end = line.indexOf(',', start)
      fields.push(end < 0 ? line.slice(start) : line.slice(start, end))
      if (end < 0) return fields
      start = end + 1
      continue
    }
    const close = closingQuote(line, start + 1)
    if (close === undefined) return undefined
    fields.push(line.slice(start + 1, close).replaceAll('""', '"'))
    if (close + 1 === line.length) return fields
    if (line[close + 1] !== ',') return undefined
    start = close + 2
  }
}

/** The quote that ends a field; two of them are one of the text. */
function closingQuote(line: string, from: number): number | undefined {
  for (let at = line.indexOf('"', from); at >= 0; at = line.indexOf('"', at + 2)) if (line[at + 1] !== '"') return at
  return undefined
}
