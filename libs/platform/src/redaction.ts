/**
 * Takes personal data and secrets out of finished log lines. It works on the line, not on the objects that made it, so
 * that nothing gets around it: message, nested fields, child bindings, error messages and stacks, `toJSON` output.
 *
 * A cheap test lets nearly every line through; only a line that might hold something is parsed and rebuilt.
 */

const CARD = '[card]'
const EMAIL = '[email]'
const PHONE = '[phone]'
const SECRET = '[redacted]'

/** One expression of several, each matching what it would match alone. */
function anyOf(patterns: readonly RegExp[], flags = ''): RegExp {
  return new RegExp(patterns.map(({ source }) => `(?:${source})`).join('|'), flags)
}

const KEY_WORDS = 'password|passwd|passphrase|secret|authorization|cookies?'
const KEY_KINDS = '(?:api|private|access|secret|signing)'

/** Fields whose value is never logged, whatever it is; compared without case, blanks, dashes, dots and underscores. */
const SECRET_KEY = new RegExp(
  `^(?:.*(?:${KEY_WORDS}|${KEY_KINDS}key|(?<!card|page|next)token)|pass|pwd|pan|cardnumber|cvv2?|cvc2?|pin)$`,
)
const SEPARATORS_IN_KEY = /[\s_.-]/g

/** Whether a line is worth parsing. Each pattern finds at least what the exact one further down finds. */
const SUSPICIOUS = anyOf(
  [
    /[^\s/"@]@[^\s/]/,
    /\+ ?\(?[1-9]/,
    /\d(?:[ -]{0,3}\d){11}/,
    new RegExp(`(?:${KEY_WORDS}|${KEY_KINDS}[\\s_.-]?key|token|card[\\s_.-]?number)"\\s*:`),
    /"(?:pass|pwd|pan|cvv2?|cvc2?|pin)"\s*:/,
    /\bbearer [\w.~+/-]{16}|[?&][\w.-]*(?:token|key|secret|password|signature)=/,
  ],
  'i',
)

/**
 * The same line with card numbers, e-mail addresses, phone numbers and secrets replaced by `[card]`, `[email]`,
 * `[phone]` and `[redacted]`.
 *
 * @param line one JSON object with its line end
 */
export function redactLine(line: string): string {
  if (!SUSPICIOUS.test(line)) return line
  try {
    return `${JSON.stringify(JSON.parse(line, redactField))}\n`
  } catch {
    // Not JSON, so not written by the logger's own serialiser; the text is still safe to print once redacted.
    return redactText(line)
  }
}

/** Whether a field or a parameter of this name is never logged, whatever it is. */
export function isSecretName(name: string): boolean {
  return SECRET_KEY.test(name.replace(SEPARATORS_IN_KEY, '').toLowerCase())
}

function redactField(this: unknown, key: string, value: unknown, context?: { source?: string }): unknown {
  if (key !== '' && isSecretName(key)) return SECRET
  switch (typeof value) {
    case 'string':
      return key === 'trace_id' || key === 'span_id' ? value : redactText(value)
    case 'number':
      return redactNumber(value, context?.source)
    case 'object':
      return value === null || Array.isArray(value) ? value : redactKeys(value)
    default:
      return value
  }
}

/**
 * A number is only taken for a card number in a length and with a first digit that cards have: offsets, counts and
 * epoch times (13 digits, or beginning with 1) are numbers too.
 */
const CARD_AS_NUMBER = /^(?:3\d{13}|3[47]\d{13}|[2-6]\d{15})$/

function redactNumber(value: number, source: string | undefined): unknown {
  if (source === undefined) return value
  if (CARD_AS_NUMBER.test(source) && passesLuhn(source)) return CARD
  // Beyond 2^53 the parsed number is not what was logged (a bigint); its source text is.
  return Number.isSafeInteger(value) || !/^-?\d+$/.test(source) ? value : rawJson(source)
}

/** ES2025 `JSON.rawJSON`, which Node has and TypeScript's ES2024 library does not declare. */
const rawJson = (JSON as unknown as { rawJSON(source: string): unknown }).rawJSON

function redactKeys(value: object): object {
  const keys = Object.keys(value)
  if (keys.every((key) => redactText(key) === key)) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [redactText(key), inner]))
}

const BEARER = /\b(bearer )[\w.~+/-]{16,}=*/gi
const QUERY_SECRETS = /([?&][\w.-]{0,64}(?:token|key|secret|password|signature)=)[^&\s"']+/gi
const URL_CREDENTIALS = /([a-z][a-z\d+.-]{1,30}:\/\/)[^\s/@"']{1,256}@/gi
// Bounded quantifiers keep this linear in the length of the text.
const LOCAL_PART = /[\p{L}\p{N}.!#$%&'*+=?^_`{|}~-]{1,64}/u
const DOMAIN_LABEL = /[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?/u
const TOP_LEVEL_DOMAIN = /\p{L}[\p{L}\p{N}-]{0,61}[\p{L}\p{N}]/u
const EMAIL_ADDRESS = new RegExp(
  `${LOCAL_PART.source}@(?:${DOMAIN_LABEL.source}\\.){1,8}${TOP_LEVEL_DOMAIN.source}`,
  'gu',
)
/** E.164: a plus and 8 to 15 digits, as people write them: `+49 (0)30 123-456`, `+1.415.555.2671`. */
const PHONE_NUMBER = /(?<![\p{L}\p{N}])\+ ?\(?[1-9](?:[ ().\-/]{0,3}\d){7,14}(?!\d)/gu
/**
 * Things made of digits that are not card numbers, then runs of digits that may be one. What matches first is left
 * alone: UUIDs, card tokens (`v1.` and base64url), W3C trace parents, hexadecimal ids and hashes, ISO 8601 times, and times
 * written as 14 or 17 digits.
 */
const NOT_A_CARD = anyOf([
  /\b[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\b/,
  /\bv\d{1,3}\.[\w-]{16,}/,
  /\b[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}\b/,
  /\b(?:[\da-f]{32}|[\da-f]{40}|[\da-f]{64}|[\da-f]{128})\b/,
  /\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d/,
  /\b20[0-3]\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])(?:[01]\d|2[0-3])(?:[0-5]\d){2}(?:\d{3})?\b/,
])
const CARD_CANDIDATE = /\d(?:[ -]{0,3}\d){11,}/
const CARD_OR_NOT = new RegExp(`(?:${NOT_A_CARD.source})|(${CARD_CANDIDATE.source})`, 'gi')

/** The same text with card numbers, e-mail addresses, phone numbers, bearer tokens and secrets in URLs replaced. */
export function redactText(text: string): string {
  let out = text.replace(BEARER, `$1${SECRET}`)
  if (out.includes('=')) out = out.replace(QUERY_SECRETS, `$1${SECRET}`)
  if (out.includes('@')) {
    out = out.replace(URL_CREDENTIALS, `$1${SECRET}@`).replace(EMAIL_ADDRESS, EMAIL)
  }
  if (out.includes('+')) out = out.replace(PHONE_NUMBER, PHONE)
  if (CARD_CANDIDATE.test(out)) {
    out = out.replace(CARD_OR_NOT, (match, candidate: string | undefined) => {
      return candidate === undefined ? match : redactCards(candidate)
    })
  }
  return out
}

/** Replaces the card numbers in a run of digits, blanks and dashes, which may hold other numbers before and after. */
function redactCards(run: string): string {
  const groups = [...run.matchAll(/\d+/g)].map((match) => ({ digits: match[0], start: match.index }))
  let out = ''
  let copied = 0
  for (let first = 0; first < groups.length; first++) {
    const last = endOfCard(groups, first)
    if (last === undefined) continue
    out += run.slice(copied, groups[first]?.start) + CARD
    const end = groups[last]
    copied = end === undefined ? run.length : end.start + end.digits.length
    first = last
  }
  return out + run.slice(copied)
}

/** The index of the last group of the longest card number that starts with group `first`, if there is one. */
function endOfCard(groups: readonly { digits: string }[], first: number): number | undefined {
  let digits = ''
  let end: number | undefined
  for (let last = first; last < groups.length && digits.length < 19; last++) {
    digits += groups[last]?.digits
    if (digits.length < 12 || digits.length > 19) continue
    const sizes = groups.slice(first, last + 1).map((group) => group.digits.length)
    if (looksGroupedAsCard(sizes) && !isEpoch(digits, sizes) && passesLuhn(digits)) end = last
  }
  return end
}

/**
 * Cards are printed in groups of four, or 4-6-5 and 4-6-4; the last group may be short. Lists of small numbers and
 * dates are not. A number spelled digit by digit counts as well.
 */
function looksGroupedAsCard(sizes: readonly number[]): boolean {
  if (sizes.every((size) => size === 1)) return true
  return sizes.every((size, index) => (index === 0 ? size >= 4 : index === sizes.length - 1 || size >= 3))
}

/** Milliseconds, microseconds or nanoseconds since 1970, in the years 2008 to 2033; no card starts like that. */
function isEpoch(digits: string, sizes: readonly number[]): boolean {
  return sizes.length === 1 && [13, 16, 19].includes(digits.length) && /^1[2-9]/.test(digits)
}

/** The check digit formula of card numbers, ISO/IEC 7812-1 annex B. */
export function passesLuhn(digits: string): boolean {
  let sum = 0
  for (let position = 0; position < digits.length; position++) {
    let digit = digits.charCodeAt(digits.length - 1 - position) - 48
    if (position % 2 === 1) {
      digit *= 2
      if (digit > 9) digit -= 9
    }
    sum += digit
  }
  return sum % 10 === 0
}
