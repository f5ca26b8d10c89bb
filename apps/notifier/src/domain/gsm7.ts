/** Characters of one septet (3GPP TS 23.038, default alphabet), without the escape and page break. */
const basic = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
)
/** Characters of two septets: an escape and one of the extension table. */
const extension = new Set('^{}\\[~]|€')

/** Letters that no accent explains, and punctuation, written with what the alphabet has. */
const substitutes: Readonly<Record<string, string>> = {
  ł: 'l', Ł: 'L', đ: 'd', Đ: 'D', ð: 'd', Ð: 'D', þ: 'th', Þ: 'Th', ı: 'i', œ: 'oe', Œ: 'OE', ħ: 'h', Ħ: 'H', ŧ: 't', Ŧ: 'T',
  '‘': "'", '’': "'", '‚': "'", '“': '"', '”': '"', '„': '"', '«': '"', '»': '"', '‐': '-', '‑': '-', '–': '-', '—': '-', '−': '-',
  '…': '...', '·': '.', '•': '*', '×': 'x', '`': "'", '´': "'", '®': '(R)', '™': 'TM', '©': '(C)', 'º': 'o', 'ª': 'a',
}

/**
 * Text in the GSM 7-bit alphabet, so that an SMS holds 160 characters and not 70: accents the alphabet lacks are
 * dropped, other punctuation is replaced, a letter of another script becomes `?`.
 */
export function toGsm7(text: string): string {
  let gsm = ''
  for (const character of text.normalize('NFC')) {
    if (basic.has(character) || extension.has(character)) gsm += character
    else if (/\s/u.test(character)) gsm += ' '
    else gsm += substitutes[character] ?? withoutAccent(character)
  }
  return gsm
}

function withoutAccent(character: string): string {
  const letters = [...character.normalize('NFKD')].filter((part) => !/\p{M}/u.test(part))
  return letters.map((letter) => (basic.has(letter) || extension.has(letter) ? letter : (substitutes[letter] ?? '?'))).join('') || '?'
}

/** Whether all of a text is in the alphabet. */
export function isGsm7(text: string): boolean {
  for (const character of text) if (!basic.has(character) && !extension.has(character)) return false
  return true
}

/** Length in septets of text that is in the alphabet. */
export function septets(text: string): number {
  let count = 0
  for (const character of text) count += extension.has(character) ? 2 : 1
  return count
}
