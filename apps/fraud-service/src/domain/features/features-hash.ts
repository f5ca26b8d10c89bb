import { featureCatalogue, type Features, type FeatureType } from './catalogue.js'
import { BLOCK, murmurHash3 } from './murmur-hash.js'

/** How many UTF-16 code units of a text count, besides its length. */
const TEXT_UNITS = 32

const types: readonly FeatureType[] = Object.values(featureCatalogue).map(({ type }) => type)
const bytesOf: Readonly<Record<FeatureType, number>> = { bool: 1, int: 4, double: 8, string: 4 + 2 * TEXT_UNITS }
const longest = types.reduce((sum, type) => sum + bytesOf[type], 0)
const view = new DataView(new ArrayBuffer(Math.ceil(longest / BLOCK) * BLOCK + BLOCK))

const ABSENT_BOOL = 0xff
const ABSENT_INT = -0x8000_0000
const ABSENT_TEXT = -1
const NAN_HIGH = 0x7ff8_0000

/**
 * One number for all features of a transaction, to tell whether two computations saw the same: MurmurHash3 (x64, 128
 * bits, seed 0), as 32 hexadecimal digits, over the features in the order of the catalogue, all little endian:
 *
 * | type | bytes | absent |
 * | --- | --- | --- |
 * | `bool` | 1: 0 or 1 | 255 |
 * | `int` | 4: two's complement, modulo 2^32 | -2^31 |
 * | `double` | 8: IEEE 754 | the NaN 0x7ff8000000000000 |
 * | `string` | 4: its length in UTF-16 code units; then the first 32 of these, 2 bytes each | length -1, and nothing |
 *
 * Hashes of two releases are comparable when their catalogues are the same.
 *
 * @param features laid out in the order of the catalogue
 */
export function featuresHash(features: Features): string {
  let end = 0
  let index = 0
  // the order of the properties: with `in` it is read without a look-up by name, which would be most of the time
  for (const name in features) {
    const value = features[name as keyof Features]
    switch (types[index++]) {
      case 'double':
        if (typeof value === 'number') {
          view.setFloat64(end, value, true)
        } else {
          view.setInt32(end, 0, true)
          view.setInt32(end + 4, NAN_HIGH, true)
        }
        end += 8
        break
      case 'int':
        view.setInt32(end, typeof value === 'number' ? value : ABSENT_INT, true)
        end += 4
        break
      case 'bool':
        view.setUint8(end, value === true ? 1 : value === false ? 0 : ABSENT_BOOL)
        end += 1
        break
      default:
        end = putText(end, typeof value === 'string' ? value : undefined)
    }
  }
  return murmurHash3(view, end)
}

function putText(at: number, text: string | undefined): number {
  if (text === undefined) {
    view.setInt32(at, ABSENT_TEXT, true)
    return at + 4
  }
  view.setInt32(at, text.length, true)
  let end = at + 4
  for (let i = 0; i < text.length && i < TEXT_UNITS; i++, end += 2) view.setUint16(end, text.charCodeAt(i), true)
  return end
}
