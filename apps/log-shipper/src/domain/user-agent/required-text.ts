/**
 * The longest text that every match of an expression contains, as far as that is easily seen; '' when nothing is. Most
 * expressions of a list do not match, and looking for a text is many times faster than running them.
 *
 * Alternatives, classes, escapes of classes and what may be left out end a text; groups are looked into when they have
 * no alternatives.
 */
export function requiredText(regex: string): string {
  const runs: string[] = []
  return collect(regex, 0, regex.length, runs) ? runs.reduce((longest, run) => (run.length > longest.length ? run : longest), '') : ''
}

const literalEscapes = '.-/\\()[]{}+*?|^$ "\'_!@#&;:,<>=~%`'

/** Collects the texts of a part of an expression; false when it has alternatives at its top. */
function collect(regex: string, from: number, to: number, runs: string[]): boolean {
  let run = ''
  const flush = () => {
    if (run !== '') runs.push(run)
    run = ''
  }
  for (let at = from; at < to; ) {
    const char = regex.charAt(at)
    if (char === '|') return false
    let end = at + 1
    let literal = ''
    let inner: string[] = []
    if (char === '(') {
      end = endOfGroup(regex, at)
      const isLook = regex.startsWith('(?', at) && !regex.startsWith('(?:', at)
      if (!isLook && !collect(regex, regex.startsWith('(?:', at) ? at + 3 : at + 1, end - 1, inner)) inner = []
    } else if (char === '[') end = endOfClass(regex, at)
    else if (char === '\\') {
      end = at + 2
      if (literalEscapes.includes(regex.charAt(at + 1))) literal = regex.charAt(at + 1)
    } else if (char !== '.' && char !== '^' && char !== '$') literal = char
    const quantifier = /^(?:[?*+]|\{\d+(?:,\d*)?\})\??/.exec(regex.slice(end, end + 12))?.[0] ?? ''
    const optional = quantifier.startsWith('?') || quantifier.startsWith('*') || quantifier.startsWith('{0')
    if (literal !== '' && !optional) run += literal
    if (literal === '' || quantifier !== '') flush()
    if (!optional) runs.push(...inner)
    at = end + quantifier.length
  }
  flush()
  return true
}

function endOfGroup(regex: string, open: number): number {
  let depth = 0
  for (let at = open; at < regex.length; at++) {
    const char = regex.charAt(at)
    if (char === '\\') at++
    else if (char === '[') at = endOfClass(regex, at) - 1
    else if (char === '(') depth++
    else if (char === ')' && --depth === 0) return at + 1
  }
  return regex.length
}

function endOfClass(regex: string, open: number): number {
  for (let at = open + 1; at < regex.length; at++) {
    if (regex.charAt(at) === '\\') at++
    else if (regex.charAt(at) === ']' && at > open + 1) return at + 1
  }
  return regex.length
}
