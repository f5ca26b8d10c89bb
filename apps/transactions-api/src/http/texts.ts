import { redactText } from '@swipestream/platform'
import { z } from 'zod'

/** No control characters (NUL among them, which PostgreSQL does not take), no halves of surrogate pairs, not only blanks. */
const printable = /^(?=.*\S)[^\p{Cc}\p{Cs}]*$/u
/** The same, of several lines. */
const printableLines = /^(?=[^]*\S)(?:[^\p{Cc}\p{Cs}]|[\n\r\t])*$/u

/** The message of a field, whichever of its checks fails. It never tells the value. */
export const says = (rule: string) => ({
  error: (issue: { readonly input?: unknown }) => (issue.input === undefined ? 'is required' : rule),
})

/** A text of one line. */
export const text = (maxLength: number) => {
  const rule = says(`must be a text of 1 to ${maxLength} characters, not only blanks, without control characters`)
  return z.string(rule).min(1, rule).max(maxLength, rule).regex(printable, rule)
}

/** A text that may have several lines. */
export const lines = (maxLength: number) => {
  const rule = says(`must be a text of 1 to ${maxLength} characters, not only blanks, without control characters but line feeds and tabs`)
  return z.string(rule).min(1, rule).max(maxLength, rule).regex(printableLines, rule)
}

/** Whether there may be a card number in a text, whoever's: what the log would hide. */
export function mayHoldCardNumber(value: string): boolean {
  const hidden = (each: string): number => each.split('[card]').length
  return hidden(redactText(value)) > hidden(value)
}
