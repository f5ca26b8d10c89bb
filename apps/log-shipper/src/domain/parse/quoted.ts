/**
 * The end of a quoted field: the index of its closing quote, or -1. A quote after a backslash belongs to the field, and
 * so does one that neither a blank nor the end of the line follows: some servers write quotes as they come.
 *
 * @param from index after the opening quote
 */
export function closingQuote(text: string, from: number): number {
  for (let quote = text.indexOf('"', from); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0
    while (quote - backslashes > from && text.charCodeAt(quote - backslashes - 1) === 92) backslashes++
    const next = text.charCodeAt(quote + 1)
    if (backslashes % 2 === 0 && (next === 32 || Number.isNaN(next))) return quote
  }
  return -1
}

const simple: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', v: '\v', f: '\f' }

/**
 * What a field said before the server wrote it: Apache writes `\"`, `\\`, `\n` and `\xNN`, nginx `\xNN` for each byte
 * that is a quote, a backslash or no printable ASCII. Bytes that are no UTF-8 stay as they stand.
 */
export function unescaped(text: string): string {
  if (!text.includes('\\')) return text
  let plain = ''
  let from = 0
  for (let at = text.indexOf('\\'); at >= 0; at = text.indexOf('\\', from)) {
    plain += text.slice(from, at)
    const next = text[at + 1]
    if (next === 'x') {
      const end = endOfBytes(text, at)
      plain += bytesAsText(text.slice(at, end))
      from = end > at ? end : at + 1
      if (end === at) plain += '\\'
    } else if (next === '"' || next === '\\') {
      plain += next
      from = at + 2
    } else {
      const control = next === undefined ? undefined : simple[next]
      plain += control ?? '\\'
      from = control === undefined ? at + 1 : at + 2
    }
  }
  return plain + text.slice(from)
}

/** The end of the row of `\xNN` that begins at an index. */
function endOfBytes(text: string, at: number): number {
  let end = at
  while (text.charCodeAt(end) === 92 && text.charCodeAt(end + 1) === 120 && isHex(text.charCodeAt(end + 2)) && isHex(text.charCodeAt(end + 3))) end += 4
  return end
}

function isHex(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 70) || (code >= 97 && code <= 102)
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function bytesAsText(escapes: string): string {
  if (escapes === '') return ''
  const bytes = new Uint8Array(escapes.length / 4)
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(escapes.slice(i * 4 + 2, i * 4 + 4), 16)
  try {
    return utf8.decode(bytes)
  } catch (error) {
    if (error instanceof TypeError) return escapes
    throw error
  }
}
