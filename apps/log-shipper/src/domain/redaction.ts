/** What is replaced before an entry leaves the machine. */
export interface RedactionRules {
  /** Bearer tokens, JSON Web Tokens, `Authorization` fields, secrets in query strings, credentials in URLs. */
  readonly tokens: boolean
  /** Numbers of payment cards. */
  readonly cards: boolean
  /** E-mail addresses, also with `%40`. */
  readonly emails: boolean
}

export interface Redacted {
  readonly text: string
  /** How many pieces were replaced. */
  readonly count: number
}

const secret = '[redacted]'
const card = '[card]'
const email = '[email]'

const strongNames = 'token|secret|passw(?:or)?d|pwd|signature|credentials?'
const weakNames = 'key|auth|sig|jwt|session|sessionid|phpsessid|jsessionid'

const authorization = /(\bauthorization\b["']?\s{0,4}[:=]\s{0,4}["']?(?:(?:bearer|basic|digest|token|apikey)\s{1,4})?)[^\s"',;]+/gi
const bearer = /(\bbearer(?:\s|%20|\+))(?:[\w.~+/-]{16,}|(?=[\w.~+/-]*\d)[\w.~+/-]{8,})=*/gi
const jsonWebToken = /\beyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*){0,3}/g
/** `?api_key=…`, `&token=…`, also elsewhere in a text where the name leaves no doubt: `password=…`. */
const namedSecret = new RegExp(
  `((?:[?&;](?:[\\w.-]{0,40}(?:${strongNames})|(?:[\\w.-]{0,40}[_.-])?(?:${weakNames})|(?:api|access|private|client|auth|secret)key)|\\b[\\w.-]{0,40}(?:${strongNames}))=)(?!\\[redacted\\])[^&\\s"'<>#;,]+`,
  'gi',
)
const urlCredentials = /(\b[a-z][a-z\d+.-]{1,30}:\/\/)[^\s/@"':]{0,256}:[^\s/@"']{0,256}@/gi

/** What the expressions cannot match without: looked for first, as that takes a tenth of the time. */
const anySecretName = new RegExp(`(?:${strongNames}|${weakNames})=`, 'i')

/** `logo@2x.png` is a picture of twice the size, not an address. */
const emailAddress = /[\p{L}\p{N}.!#$*+_`{|}~^'%-]{1,64}(?:@|%40)(?!\d(?:\.\d)?x\.)(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.){1,8}\p{L}[\p{L}\p{N}-]{0,61}[\p{L}\p{N}]/gu

const gap = '(?:[ +-]|%20)'
/**
 * A run of digits that may be a card number: 13 to 19 digits in one piece, or in the groups that cards are printed in
 * (4-4-4-4, the last shorter or with one more after it; 4-6-4 and 4-6-5) with the same sign between all. No digit or
 * letter stands beside it, but for `%3D` and the like, and it is no part of a decimal number or of a longer chain of
 * digits and dashes.
 */
const cardCandidate = new RegExp(
  `(?<=^|[^A-Za-z0-9]|%[\\dA-Fa-f]{2})(?<!\\d[.-])(?:[2-6]\\d{12,18}|[2-6]\\d{3}(${gap})\\d{4}\\1\\d{4}\\1\\d{1,4}(?:\\1\\d{1,3})?|3\\d{3}(${gap})\\d{6}\\2\\d{4,5})(?![A-Za-z0-9]|[.-]\\d)`,
  'g',
)

/** Replaces personal data and secrets. Whether there may be any is found cheaper: `Suspects`. */
export class Redactor {
  readonly #rules: RedactionRules

  constructor(rules: RedactionRules) {
    this.#rules = rules
  }

  /** The text with personal data and secrets replaced by `[redacted]`, `[card]` and `[email]`. */
  redact(text: string): Redacted {
    let count = 0
    const named = (_: string, name: string) => {
      count++
      return name + secret
    }
    let out = text
    if (this.#rules.tokens) {
      const small = text.toLowerCase()
      if (small.includes('authorization')) out = out.replace(authorization, named)
      if (small.includes('bearer')) out = out.replace(bearer, named)
      if (text.includes('eyJ')) {
        out = out.replace(jsonWebToken, () => {
          count++
          return secret
        })
      }
      if (anySecretName.test(text)) out = out.replace(namedSecret, named)
      if (text.includes('@') && text.includes('://')) {
        out = out.replace(urlCredentials, (_, scheme: string) => {
          count++
          return `${scheme}${secret}@`
        })
      }
    }
    if (this.#rules.emails && /@|%40/.test(out)) {
      out = out.replace(emailAddress, () => {
        count++
        return email
      })
    }
    if (this.#rules.cards) {
      out = out.replace(cardCandidate, (found) => {
        if (!isCardNumber(found.replaceAll('%20', '').replaceAll(/\D/g, ''))) return found
        count++
        return card
      })
    }
    return { text: out, count }
  }
}

/**
 * Whether digits are those of a payment card, as far as digits tell: 13 to 19, begun as card networks begin theirs (3 to
 * 6, or 22 to 27 with 16 and more), with the check digit of ISO/IEC 7812-1 annex B. So no time is taken for one: those of
 * this century begin with 1 (since 1970, in milli-, micro- and nanoseconds) or 20 (2026…). Of other numbers that begin
 * so, such as ids, one in ten passes.
 */
export function isCardNumber(digits: string): boolean {
  return /^(?:[3-6]\d{12,18}|2[2-7]\d{14,17})$/.test(digits) && passesLuhn(digits)
}

function passesLuhn(digits: string): boolean {
  let sum = 0
  for (let place = 0; place < digits.length; place++) {
    const digit = digits.charCodeAt(digits.length - 1 - place) - 48
    sum += place % 2 === 0 ? digit : digit > 4 ? 2 * digit - 9 : 2 * digit
  }
  return sum % 10 === 0
}
