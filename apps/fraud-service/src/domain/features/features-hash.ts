import { featureCatalogue, type Features, type FeatureType } from './catalogue.js'
import { BLOCK, murmurHash3 } from './murmur-hash.js'

/** How many UTF-16 code units of a text count, besides its length. */
const TEXT_UNITS = 32

const bytesOf: Readonly<Record<FeatureType, number>> = { bool: 1, int: 4, double: 8, string: 4 + 2 * TEXT_UNITS }
const longest = Object.values(featureCatalogue).reduce((sum, { type }) => sum + bytesOf[type], 0)
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
 */
export function featuresHash(f: Features): string {
  // one by one: going through the properties by name would take five times as long
  end = 0
  text(f.event_order)
  double(f.amount)
  text(f.currency)
  double(f.amount_reference)
  text(f.merchant_category)
  text(f.country)
  text(f.entry_mode)
  double(f.latitude)
  double(f.longitude)
  int(f.local_hour)
  bool(f.night)
  bool(f.weekend)
  ints(f.card_count_1m, f.card_count_10m, f.card_count_1h)
  ints(f.card_count_1d, f.card_count_7d, f.card_count_30d)
  doubles(f.card_amount_1m, f.card_amount_10m, f.card_amount_1h)
  doubles(f.card_amount_1d, f.card_amount_7d, f.card_amount_30d)
  double(f.card_history_days)
  double(f.card_minutes_since_last)
  doubles(f.card_mean_7d, f.card_mean_30d, f.card_deviation_30d)
  doubles(f.card_amount_ratio_7d, f.card_amount_ratio_30d, f.card_amount_deviations_30d)
  double(f.card_rms_ratio_7d)
  double(f.card_activity_ratio_1d)
  int(f.card_small_run)
  ints(f.card_frauds_1d, f.card_frauds_7d, f.card_frauds_30d)
  bool(f.card_blocked)
  bool(f.first_country)
  bool(f.first_merchant)
  bool(f.first_category)
  bool(f.away_from_home)
  bool(f.place_off_earth)
  double(f.distance_km)
  double(f.speed_kmh)
  ints(f.terminal_count_1m, f.terminal_count_10m, f.terminal_count_1h)
  ints(f.terminal_count_1d, f.terminal_count_7d, f.terminal_count_30d)
  doubles(f.terminal_amount_1m, f.terminal_amount_10m, f.terminal_amount_1h)
  doubles(f.terminal_amount_1d, f.terminal_amount_7d, f.terminal_amount_30d)
  ints(f.terminal_frauds_1d, f.terminal_frauds_7d, f.terminal_frauds_30d)
  doubles(f.terminal_fraud_share_1d, f.terminal_fraud_share_7d, f.terminal_fraud_share_30d)
  double(f.terminal_settled_fraud_share)
  double(f.terminal_first_fraud_days)
  double(f.terminal_fraud_mean_30d)
  int(f.terminal_clean_count)
  double(f.model_probability)
  return murmurHash3(view, end)
}

/** How far the view is written. */
let end = 0

function bool(value: boolean | null): void {
  view.setUint8(end, value === true ? 1 : value === false ? 0 : ABSENT_BOOL)
  end += 1
}

function int(value: number | null): void {
  view.setInt32(end, value === null ? ABSENT_INT : value, true)
  end += 4
}

function double(value: number | null): void {
  if (value === null) {
    view.setInt32(end, 0, true)
    view.setInt32(end + 4, NAN_HIGH, true)
  } else {
    view.setFloat64(end, value, true)
  }
  end += 8
}

function text(value: string | null): void {
  view.setInt32(end, value === null ? ABSENT_TEXT : value.length, true)
  end += 4
  if (value === null) return
  for (let i = 0; i < value.length && i < TEXT_UNITS; i++, end += 2) view.setUint16(end, value.charCodeAt(i), true)
}

function ints(a: number | null, b: number | null, c: number | null): void {
  int(a)
  int(b)
  int(c)
}

function doubles(a: number | null, b: number | null, c: number | null): void {
  double(a)
  double(b)
  double(c)
}
