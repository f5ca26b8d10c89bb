import { isUtf8 } from 'node:buffer'
import iconv from 'iconv-lite'
import type { LineUnit } from '../domain/line-splitter.js'

export const encodings = ['utf-8', 'latin1', 'utf-16le', 'utf-16be'] as const
export type LogEncoding = (typeof encodings)[number]

/** How lines end in a file of the encoding. */
export function unitOf(encoding: LogEncoding): LineUnit {
  return encoding === 'utf-16le' || encoding === 'utf-16be' ? encoding : 'byte'
}

export interface Decoded {
  readonly text: string
  /** Whether there were bytes that are no text of the encoding: U+FFFD stands for them. */
  readonly invalid: boolean
}

const byteOrderMark = '\uFEFF'

/**
 * The text of a line.
 *
 * @param cut the line ends at a limit, maybe within a character: what is left of that is dropped
 * @param first it is the first of the file: a byte order mark before it is dropped
 */
export function decodeLine(bytes: Buffer, encoding: LogEncoding, { cut, first }: { readonly cut: boolean; readonly first: boolean }): Decoded {
  const whole = cut && encoding === 'utf-8' ? bytes.subarray(0, endOfCharacters(bytes)) : bytes
  let text: string
  let invalid = false
  if (encoding === 'utf-8') {
    text = whole.toString('utf8')
    invalid = text.includes('\uFFFD') && !isUtf8(whole)
  } else {
    text = iconv.decode(whole, encoding, { stripBOM: false })
    if (!text.isWellFormed()) {
      // Half of a pair of surrogates.
      text = text.toWellFormed()
      invalid = !cut
    }
    invalid ||= unitOf(encoding) !== 'byte' && whole.length % 2 === 1
  }
  return { text: first && text.startsWith(byteOrderMark) ? text.slice(1) : text, invalid }
}

/** Where the last whole character ends, if the bytes are UTF-8. */
function endOfCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number
    if (byte < 0x80) break
    if (byte < 0xc0) continue
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
    return length > back ? bytes.length - back : bytes.length
  }
  return bytes.length
}
