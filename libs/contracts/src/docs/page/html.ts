/** Text as HTML has it. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

/** Text with `code` in backticks, as HTML. */
export function prose(text: string): string {
  return escaped(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>')
}

/** A name in code that may break after its separators, so that it fits on a phone. */
export function breakable(name: string): string {
  return escaped(name).replaceAll(/[_.]/g, '$&<wbr>')
}

/** Where a topic is on the page. */
export function topicAnchor(name: string): string {
  return `topic-${name.replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '')}`
}

/** Where a service is on the page. */
export function serviceAnchor(name: string): string {
  return `service-${name}`
}
