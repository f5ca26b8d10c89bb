import { toError } from '@swipestream/platform'
import { isGsm7, toGsm7 } from '../../domain/gsm7.js'
import type { Alphabet } from '../../domain/sms-segments.js'
import { TemplateInvalid } from './invalid.js'
import { CompiledPhrase } from './phrase.js'
import { isPhraseKey, type PhraseKey, phraseKeys, type PhraseValues } from './phrases.js'

/** Of which every phrase must be there: it is said where another language has none. */
export const fallbackLanguage = 'en'

/** What is said in one language. */
export interface Words {
  /** BCP 47, of the texts: for `lang`. */
  readonly language: string
  /** BCP 47: how dates, amounts and countries are written. */
  readonly locale: string
  /** What SMS of the language are written in: GSM where all of its own words for SMS are in that alphabet. */
  readonly alphabet: Alphabet
  /** @throws Error when a placeholder has no value */
  say(key: PhraseKey, values?: PhraseValues): string
}

/**
 * The phrases of a file `<language>.json`: `{ "locale": "en-GB", "phrases": { "greeting": "Hello {name}," } }`.
 *
 * @throws TemplateInvalid
 */
export function readCatalogue(file: string, json: string): Catalogue {
  const language = file.replace(/\.json$/, '')
  if (!/^[a-z]{2,3}$/.test(language)) throw new TemplateInvalid({ file }, 'is not named after a language: call it <language>.json, two or three small letters of ISO 639, such as de.json')
  const content = parsed(file, json)
  const place = (key: string) => ({ file, key, line: lineOf(json, key) })
  for (const key of Object.keys(content)) {
    if (key !== 'locale' && key !== 'phrases') throw new TemplateInvalid(place(key), 'is not known: a catalogue has "locale" and "phrases"')
  }
  const { locale = language, phrases } = content
  if (typeof locale !== 'string' || !isLocale(locale)) throw new TemplateInvalid(place('locale'), 'must be a locale that Intl knows, such as "en-GB"')
  if (!isRecord(phrases)) throw new TemplateInvalid({ file }, 'has no "phrases": an object of texts by key')
  const compiled = new Map<PhraseKey, CompiledPhrase>()
  for (const [key, text] of Object.entries(phrases)) {
    if (!isPhraseKey(key)) throw new TemplateInvalid(place(key), `is not a known key${nearest(key)}`)
    if (typeof text !== 'string' || text.trim() === '') throw new TemplateInvalid(place(key), 'must be a text; leave the key out to have the English one')
    // A phrase is part of a line: of a subject, of a paragraph, of an SMS.
    if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text)) throw new TemplateInvalid(place(key), 'must be one line without control characters')
    try {
      compiled.set(key, new CompiledPhrase(key, text, locale))
    } catch (error) {
      throw new TemplateInvalid(place(key), toError(error).message)
    }
  }
  return new Catalogue(file, language, locale, compiled)
}

export class Catalogue {
  constructor(
    readonly file: string,
    readonly language: string,
    readonly locale: string,
    readonly phrases: ReadonlyMap<PhraseKey, CompiledPhrase>,
  ) {}

  /** Keys that it says nothing for. */
  missing(): PhraseKey[] {
    return phraseKeys.filter((key) => !this.phrases.has(key))
  }

  /** What it says, and what `fallback` says where it says nothing. */
  words(fallback: Catalogue): Words {
    const phraseOf = (key: PhraseKey): CompiledPhrase => {
      const phrase = this.phrases.get(key) ?? fallback.phrases.get(key)
      if (phrase === undefined) throw new Error(`no language has the key ${key}`)
      return phrase
    }
    const ofSms = phraseKeys.filter((key) => key.startsWith('sms.'))
    const inGsm = ofSms.every((key) => phraseOf(key).literals.every(isGsm7))
    return {
      language: this.language,
      locale: this.locale,
      alphabet: inGsm ? 'gsm7' : 'ucs2',
      say: (key, values = {}) => phraseOf(key).say(values),
    }
  }
}

/** Text as an SMS of the language: what comes from outside is brought into its alphabet. */
export function inAlphabet(text: string, alphabet: Alphabet): string {
  return alphabet === 'gsm7' ? toGsm7(text) : text
}

function parsed(file: string, json: string): Record<string, unknown> {
  let content: unknown
  try {
    content = JSON.parse(json)
  } catch (error) {
    const { message } = toError(error)
    const position = /at position (\d+)/.exec(message)?.[1]
    const line = position === undefined ? undefined : json.slice(0, Number(position)).split('\n').length
    throw new TemplateInvalid({ file, line }, `is no JSON: ${message}`)
  }
  if (!isRecord(content)) throw new TemplateInvalid({ file }, 'must be a JSON object with "phrases"')
  return content
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isLocale(tag: string): boolean {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(tag).length > 0
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

function lineOf(json: string, key: string): number | undefined {
  const lines = json.split('\n')
  const at = lines.findIndex((line) => new RegExp(`${JSON.stringify(key).replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*:`).test(line))
  return at < 0 ? undefined : at + 1
}

/** Known keys of the same beginning, so that a misspelt one is found. */
function nearest(key: string): string {
  const group = key.slice(0, key.lastIndexOf('.') + 1)
  const near = phraseKeys.filter((known) => (group === '' ? !known.includes('.') : known.startsWith(group)))
  return near.length === 0 ? ': en.json has all there are' : `: there are ${near.join(', ')}`
}
