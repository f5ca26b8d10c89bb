import { expect, it } from 'vitest'
import { segmentsOf } from './segments.js'

it.each([
  ['an empty text', '', 1],
  ['160 characters of GSM-7', 'a'.repeat(160), 1],
  ['161', 'a'.repeat(161), 2],
  ['306', 'ä'.repeat(306), 2],
  ['307', 'a'.repeat(307), 3],
  ['80 characters that need an escape', '€'.repeat(80), 1],
  ['81 of them', '€'.repeat(81), 2],
  ['70 units of UCS-2', 'ж'.repeat(70), 1],
  ['71', 'ж'.repeat(71), 2],
  ['35 emoji of two units', '👍'.repeat(35), 1],
  ['36', '👍'.repeat(36), 2],
  ['one character outside GSM-7 among many of it', `${'a'.repeat(134)}ж`, 3],
])('%s', (_name, text, segments) => expect(segmentsOf(text)).toBe(segments))
