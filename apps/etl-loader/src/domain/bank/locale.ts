/** Stands for a language that is not known (BCP 47, RFC 5646 section 4.1): whoever writes takes their own. */
export const unknownLanguage = 'und'

const languageNames = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' })

/** A BCP 47 tag in its canonical form, `de_DE` as `de-DE`; undefined for what is none, or names no known language. */
export function languageOf(text: string): string | undefined {
  const tag = text.replaceAll('_', '-')
  // `Deutsch` has the form of a tag.
  if (!/^[a-z]{2,3}(?:-[a-z0-9]{1,8})*$/i.test(tag)) return undefined
  try {
    const canonical = Intl.getCanonicalLocales(tag)[0] as string
    return languageNames.of(canonical.split('-')[0] as string) === undefined ? undefined : canonical
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

const zones = new Map<string, string | undefined>()
/** More spellings than there are zones: what comes in is not to fill the memory. */
const mostZones = 5_000

/**
 * An IANA time zone by its name, in whatever case, with blanks for underscores; undefined for what is none. An offset
 * such as `+02:00` is none: it knows nothing of summer.
 */
export function timeZoneOf(text: string): string | undefined {
  if (zones.has(text)) return zones.get(text)
  const zone = zoneNamed(text.replaceAll(' ', '_'))
  if (zones.size < mostZones) zones.set(text, zone)
  return zone
}

function zoneNamed(name: string): string | undefined {
  if (!/^[a-z]/i.test(name)) return undefined
  try {
    const known = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone
    // An alias (`Asia/Kolkata`, to ICU another name of `Asia/Calcutta`) stays as it is, if it is written as IANA does.
    return known.toLowerCase() !== name.toLowerCase() && /^[A-Z]/.test(name) ? name : known
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

const minuteMicros = 60_000_000
const minutesOfDay = 24 * 60

/** A MySQL TIME in microseconds as `HH:MM`, seconds cut off, 24:00 as 00:00; undefined for what is not within a day. */
export function clockOf(micros: number): string | undefined {
  const minutes = Math.floor(micros / minuteMicros)
  if (minutes < 0 || minutes > minutesOfDay) return undefined
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${two(Math.floor(minutes / 60) % 24)}:${two(minutes % 60)}`
}
