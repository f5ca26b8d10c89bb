import { isSecretName, redactText } from '../redaction.js'

/** What a URL without anything to redact does not have: `@`, an escape, a value, twelve digits, a piece as long as a token. */
const SUSPICIOUS = /[@%+=]|\d(?:[ -]{0,3}\d){11}|[\w.~-]{65}|eyJ/
const SEPARATOR = /([/?&;=#])/
/** Signed and encrypted tokens are that long; ids, hashes and the tokens of cards are shorter. */
const LONG_AS_A_TOKEN = /[\w.~-]{65,}/g
const JSON_WEB_TOKEN = /\beyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*){0,3}/g
/** Somebody may have escaped what was escaped. */
const MAX_DECODED = 3

/**
 * A URL as it may stand in a log: card numbers, e-mail addresses, phone numbers, tokens and the values of parameters
 * whose name says that they are secret are replaced as in the service's own log, escaped or not. A path and the ids in it
 * stay.
 *
 * @param url of a request line or a `Referer`
 */
export function loggedUrl(url: string): string {
  if (!SUSPICIOUS.test(url)) return url
  const parts = redactText(url).replace(JSON_WEB_TOKEN, '[redacted]').split(SEPARATOR)
  let name = ''
  for (let i = 0; i < parts.length; i += 2) {
    const part = parts[i] ?? ''
    const isValue = parts[i - 1] === '='
    if (!isValue) name = part
    if (part === '') continue
    parts[i] = isValue && isSecretName(decoded(name)) ? '[redacted]' : loggedPart(part)
  }
  return parts.join('')
}

function loggedPart(part: string): string {
  const plain = decoded(part)
  const shown = redactText(plain).replace(LONG_AS_A_TOKEN, '[redacted]')
  return shown === plain ? part : encodeURIComponent(shown).replaceAll('%5B', '[').replaceAll('%5D', ']')
}

function decoded(part: string): string {
  let plain = part.replaceAll('+', ' ')
  for (let i = 0; i < MAX_DECODED && plain.includes('%'); i++) {
    try {
      plain = decodeURIComponent(plain)
    } catch (error) {
      if (error instanceof URIError) return plain
      throw error
    }
  }
  return plain
}
