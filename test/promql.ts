const words = new Set(['and', 'or', 'unless', 'bool', 'offset', 'ignoring', 'group_left', 'group_right', 'inf', 'nan'])

/**
 * The metrics that an expression of PromQL asks for. It is not parsed, that is for Prometheus: labels, strings, ranges and
 * functions are taken away, and what is left of names is metrics.
 */
export function metricsIn(expression: string): string[] {
  const bare = expression
    .replaceAll(/"[^"]*"/g, '')
    .replaceAll(/\{[^}]*\}/g, '')
    .replaceAll(/\[[^\]]*\]/g, '')
    .replaceAll(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, '')
    .replaceAll(/\boffset\s+\S+/g, '')
  const names = [...bare.matchAll(/[a-zA-Z_:][\w:]*(?!\s*\(|[\w:])/g)].flatMap(({ 0: name, index }) => (/[\d.]$/.test(bare.slice(0, index)) ? [] : [name]))
  return [...new Set(names.filter((name) => !words.has(name)))]
}

/** What a histogram's series are of. */
export function withoutSuffix(name: string): string {
  return name.replace(/_(?:bucket|sum|count)$/, '')
}
