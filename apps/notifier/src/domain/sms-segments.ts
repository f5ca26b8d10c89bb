import { isGsm7, septets } from './gsm7.js'
import { shorten } from './plain-text.js'

/** How the network writes a message: in the GSM 7-bit alphabet, or, when one character is not in it, all of it in UCS-2. */
export type Alphabet = 'gsm7' | 'ucs2'

/**
 * Room of a message that is one segment, and of each segment when there are several, which begin with their number:
 * septets, or UTF-16 code units (3GPP TS 23.040).
 */
const rooms = { gsm7: { single: 160, each: 153 }, ucs2: { single: 70, each: 67 } } as const

export function alphabetOf(text: string): Alphabet {
  return isGsm7(text) ? 'gsm7' : 'ucs2'
}

/** What a text takes of the room: septets, or UTF-16 code units. */
export function sizeOf(text: string, alphabet: Alphabet): number {
  return alphabet === 'gsm7' ? septets(text) : text.length
}

/** How many segments a text is sent, and paid, as. No character is split over two, so a few places may be lost. */
export function segmentsOf(text: string): number {
  const alphabet = alphabetOf(text)
  const { single, each } = rooms[alphabet]
  if (sizeOf(text, alphabet) <= single) return 1
  let segments = 1
  let used = 0
  for (const character of text) {
    const size = sizeOf(character, alphabet)
    if (used + size > each) {
      segments += 1
      used = 0
    }
    used += size
  }
  return segments
}

/** How much so many segments hold. */
export function roomOf(segments: number, alphabet: Alphabet): number {
  const { single, each } = rooms[alphabet]
  return segments === 1 ? single : segments * each
}

/** Cuts a text to at most `room`, with three dots at its end; nothing when not even they have room. */
export function fitInto(text: string, room: number, alphabet: Alphabet): string {
  let fitted = text
  for (let length = [...text].length; sizeOf(fitted, alphabet) > room && length > 3; ) fitted = shorten(text, --length)
  return sizeOf(fitted, alphabet) <= room ? fitted : ''
}
