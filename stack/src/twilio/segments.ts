/** GSM 03.38: its characters, and those that need an escape before them and so count twice. */
const BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà'
const EXTENDED = '\f^{}\\[~]|€'
const basic = new Set(BASIC)
const extended = new Set(EXTENDED)

/**
 * How many SMS a text takes: one of 160 GSM-7 characters or 70 UCS-2 units; of several, each carries 153 or 67, the
 * rest being the header that joins them.
 */
export function segmentsOf(text: string): number {
  let septets = 0
  for (const character of text) {
    if (basic.has(character)) septets += 1
    else if (extended.has(character)) septets += 2
    else return count(text.length, 70, 67)
  }
  return count(septets, 160, 153)
}

function count(units: number, single: number, joined: number): number {
  return units <= single ? 1 : Math.ceil(units / joined)
}
