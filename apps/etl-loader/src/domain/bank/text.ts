/**
 * A text as people mean it: Unicode NFC, control characters and runs of blanks as one blank, none around it; null when
 * nothing is left. Joiners stay, for some scripts need them. Never re-cased: how a name is written is its owner's business ("van der Berg",
 * "McDonald", "DE LUCA"), and no rule gets it right.
 */
export function tidy(text: string | null): string | null {
  const tidied = (text ?? '').normalize('NFC').replaceAll(/[\s\p{Cc}\u200b]+/gu, ' ').trim()
  return tidied === '' ? null : tidied
}

/**
 * An id without trailing blanks: to the bank's database, which pads with blanks to compare, they are no difference, and
 * a reference may have them where the row has not.
 */
export function idOf(text: string | null): string {
  return (text ?? '').replace(/ +$/, '')
}

/** What two texts share that differ by case, width and blanks only. For comparing, never for writing. */
export function folded(text: string): string {
  return text.normalize('NFKC').replaceAll(/\s+/gu, ' ').trim().toLowerCase()
}

/** What two texts share that differ by case, accents, punctuation or blanks only. For comparing, never for writing. */
export function likeness(text: string): string {
  return text.normalize('NFKD').replaceAll(/[^\p{L}\p{N}]+/gu, '').toLowerCase()
}
