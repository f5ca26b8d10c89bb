import { redactText } from '@swipestream/platform'
import { z } from 'zod'

/**
 * No control characters (NUL among them, which PostgreSQL does not take), not only blanks. Without classes by name and
 * without looking ahead: it stands in the description of the API, and each language has expressions of its own.
 */
// oxlint-disable-next-line no-control-regex -- they are what is refused
const printable = /^[ \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]*[^\u0000-\u001f\u007f-\u009f \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff][^\u0000-\u001f\u007f-\u009f]*$/
/** The same, of several lines. */
// oxlint-disable-next-line no-control-regex -- they are what is refused
const printableLines = /^[\t\n\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]*[^\u0000-\u001f\u007f-\u009f \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff][^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*$/

/** No halves of surrogate pairs, which UTF-8 cannot hold. */
const isWhole = (value: string): boolean => value.isWellFormed()

/** The message of a field, whichever of its checks fails. It never tells the value. */
export const says = (rule: string) => ({
  error: (issue: { readonly input?: unknown }) => (issue.input === undefined ? 'is required' : rule),
})

/** A text of one line. */
export const text = (maxLength: number) => {
  const rule = says(`must be a text of 1 to ${maxLength} characters, not only blanks, without control characters`)
  return z.string(rule).min(1, rule).max(maxLength, rule).regex(printable, rule).refine(isWhole, rule)
}

/** A text that may have several lines. */
export const lines = (maxLength: number) => {
  const rule = says(`must be a text of 1 to ${maxLength} characters, not only blanks, without control characters but line feeds and tabs`)
  return z.string(rule).min(1, rule).max(maxLength, rule).regex(printableLines, rule).refine(isWhole, rule)
}

/** Whether there may be a card number in a text, whoever's: what the log would hide. */
export function mayHoldCardNumber(value: string): boolean {
  const hidden = (each: string): number => each.split('[card]').length
  return hidden(redactText(value)) > hidden(value)
}
