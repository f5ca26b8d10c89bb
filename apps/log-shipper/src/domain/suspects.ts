import type { RedactionRules } from './redaction.js'

/** The place of the next sign of one kind at or after `from`; -1 when there is none. */
type Find = (bytes: Buffer, from: number) => number

/** So many digits are a card number, at the least, in one piece or in groups; so many are in its first group. */
const [cardDigits, groupDigits] = [13, 4]

/** What comes before `=`, in the names of secrets: lower case. */
const secretNames = ['token', 'secret', 'passwd', 'password', 'pwd', 'signature', 'credential', 'credentials', 'key', 'auth', 'sig', 'jwt', 'session', 'sessionid', 'phpsessid', 'jsessionid'].map(codesOf)
const bearer = codesOf('bearer')
const authorization = codesOf('authorization')
const zOfAuthorization = 7

/**
 * Finds where in bytes something may stand that is to be replaced. It is asked of every byte that is shipped, and looks
 * at few of them: signs that are one rare byte the engine finds by itself, and of what is long only every so many bytes
 * need be looked at.
 */
export class Suspects {
  readonly #finds: readonly Find[]

  constructor({ tokens, cards, emails }: RedactionRules) {
    this.#finds = [
      // Credentials in URLs end with the sign that addresses have as well.
      ...(tokens || emails ? [(bytes: Buffer, from: number) => bytes.indexOf(0x40, from)] : []),
      ...(emails ? [nextEscapedAt] : []),
      ...(tokens ? [nextSecretName, nextWebToken, nextAuthorization(0x7a), nextAuthorization(0x5a)] : []),
      ...(tokens || cards ? [nextLongSign((cards ? ofCardNumber : 0) | (tokens ? ofBearer : 0))] : []),
    ]
  }

  /**
   * The place of a sign of something to replace, -1 when there is none.
   *
   * @param bytes of ASCII, UTF-8 or any encoding that has ASCII in it
   */
  next(bytes: Buffer, from = 0): number {
    const places = this.#finds.map((find) => find(bytes, from)).filter((place) => place >= 0)
    return places.length === 0 ? -1 : Math.min(...places)
  }

  /** To ask of one line after the other whether it has such a sign. */
  inLinesOf(bytes: Buffer): SuspectLines {
    return new SuspectLines(this.#finds, bytes)
  }
}

/** Lines of the same bytes, asked of in their order. */
export class SuspectLines {
  readonly #finds: readonly Find[]
  readonly #bytes: Buffer
  /** By kind, where the next sign is. */
  readonly #places: number[]

  constructor(finds: readonly Find[], bytes: Buffer) {
    this.#finds = finds
    this.#bytes = bytes
    this.#places = finds.map(() => -1)
  }

  /** Whether a sign of something to replace stands from `from` to before `to`. No call may be of what is before an earlier one's. */
  has(from: number, to: number): boolean {
    let found = false
    for (let kind = 0; kind < this.#places.length; kind++) {
      let place = this.#places[kind] as number
      if (place < from) {
        place = (this.#finds[kind] as Find)(this.#bytes, from)
        if (place < 0) place = Infinity
        this.#places[kind] = place
      }
      if (place < to) found = true
    }
    return found
  }
}

function nextEscapedAt(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(0x25, from); at >= 0; at = bytes.indexOf(0x25, at + 1)) {
    if (bytes[at + 1] === 0x34 && bytes[at + 2] === 0x30) return at
  }
  return -1
}

function nextSecretName(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(0x3d, from); at >= 0; at = bytes.indexOf(0x3d, at + 1)) {
    for (const name of secretNames) if (endsWith(bytes, from, at, name)) return at
  }
  return -1
}

function nextWebToken(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(0x4a, from); at >= 0; at = bytes.indexOf(0x4a, at + 1)) {
    if (at - from > 1 && bytes[at - 1] === 0x79 && bytes[at - 2] === 0x65) return at
  }
  return -1
}

/** By the letter that is rare. @param z the small or the capital one */
function nextAuthorization(z: number): Find {
  return (bytes, from) => {
    for (let at = bytes.indexOf(z, from); at >= 0; at = bytes.indexOf(z, at + 1)) {
      if (endsWith(bytes, from, at - zOfAuthorization + authorization.length, authorization)) return at
    }
    return -1
  }
}

/** What a byte may be a part of. */
const [ofCardNumber, ofBearer] = [1, 2]
const parts = new Uint8Array(256)
for (const sign of '0123456789 -+%') parts[sign.charCodeAt(0)] = ofCardNumber
for (const letter of 'bearBEAR') parts[letter.charCodeAt(0)] = ofBearer

/** One byte of so many is looked at: one at least of `bearer`, two at least, one after the other, of a card number. */
const stride = bearer.length

/** By one look at every sixth byte. @param kinds which of them */
function nextLongSign(kinds: number): Find {
  return (bytes, from) => {
    let before = 0
    for (let at = from + stride - 1; at < bytes.length; at += stride) {
      const part = (parts[bytes[at] as number] as number) & kinds
      if (part === ofCardNumber && before === ofCardNumber) {
        const [place, end] = cardNumberAround(bytes, from, at)
        if (place >= 0) return place
        // Nothing more is in this run; the byte after it may begin something.
        at = end - 1
        before = 0
        continue
      }
      if (part === ofBearer) {
        const place = bearerAround(bytes, from, at)
        if (place >= 0) return place
      }
      before = part
    }
    return -1
  }
}

/** The place of `bearer` that the byte is a part of. */
function bearerAround(bytes: Buffer, from: number, at: number): number {
  for (let begin = Math.max(from, at - stride + 1); begin <= at; begin++) {
    if (((bytes[begin] as number) | 0x20) === bearer[0] && begin + stride <= bytes.length && endsWith(bytes, from, begin + stride, bearer)) return begin
  }
  return -1
}

/** The place of what may be a card number in the run of digits and gaps that the byte is a part of, and the end of the run. */
function cardNumberAround(bytes: Buffer, from: number, at: number): readonly [place: number, end: number] {
  let [begin, end] = [at, at + 1]
  while (begin > from && parts[bytes[begin - 1] as number] === ofCardNumber) begin--
  while (end < bytes.length && parts[bytes[end] as number] === ofCardNumber) end++
  return [end - begin < cardDigits ? -1 : cardNumberIn(bytes, begin, end), end]
}

/** Where in a run of digits and gaps enough digits begin, or a group of them that another one follows. */
function cardNumberIn(bytes: Buffer, begin: number, end: number): number {
  let digits = 0
  for (let i = begin; i <= end; i++) {
    if (i < end && isDigit(bytes[i])) {
      digits++
      continue
    }
    if (digits >= groupDigits && (digits >= cardDigits || isNextGroup(bytes, i, end))) return i - digits
    digits = 0
  }
  return -1
}

/** Whether a gap as between the groups of a card number comes, and digits after it. */
function isNextGroup(bytes: Buffer, end: number, to: number): boolean {
  const next = bytes[end] === 0x25 && bytes[end + 1] === 0x32 && bytes[end + 2] === 0x30 ? end + 3 : end + 1
  return next + 3 < to && isDigit(bytes[next]) && isDigit(bytes[next + 1]) && isDigit(bytes[next + 2]) && isDigit(bytes[next + 3])
}

function isDigit(code: number | undefined): boolean {
  return code !== undefined && code >= 0x30 && code <= 0x39
}

/** Whether the bytes before `end` are the word, in either case. */
function endsWith(bytes: Buffer, from: number, end: number, word: readonly number[]): boolean {
  const begin = end - word.length
  if (begin < from) return false
  for (let i = word.length - 1; i >= 0; i--) if (((bytes[begin + i] as number) | 0x20) !== word[i]) return false
  return true
}

function codesOf(text: string): number[] {
  return Array.from(text, (letter) => letter.charCodeAt(0))
}
