import { BadValue } from './bad-value.js'
import { dateText, daysOf } from './civil-time.js'

/** Every warehouse has the years 1 to 9999, and some have no others. */
const firstDay = -719_162
const lastDay = 2_932_896
const dayMicros = 86_400_000_000n
const firstMicro = BigInt(firstDay) * dayMicros
const lastMicro = BigInt(lastDay + 1) * dayMicros - 1n

export function dateCell(days: number): number {
  if (days < firstDay || days > lastDay) throw new BadValue('it is not in the years 1 to 9999')
  return days
}

/** Microseconds of a long, which is multiplied and divided. */
function micros(value: number | bigint, times: bigint, by: bigint): bigint {
  // A number is multiplied at a fraction of what a bigint costs.
  const product = typeof value === 'number' && by === 1n ? value * Number(times) : Number.NaN
  if (Number.isSafeInteger(product)) return BigInt(product)
  const all = BigInt(value) * times
  if (by !== 1n && all % by !== 0n) throw new BadValue('it is finer than a microsecond')
  return all / by
}

export function instantCell(times: bigint, by: bigint): (value: number | bigint) => bigint {
  return (value) => instant(micros(value, times, by))
}

function instant(cell: bigint): bigint {
  if (cell < firstMicro || cell > lastMicro) throw new BadValue('it is not in the years 1 to 9999')
  return cell
}

/** MySQL's TIME also holds spans of up to 838 hours; a warehouse's does not. */
export function timeCell(times: bigint, by: bigint): (value: number | bigint) => bigint {
  return (value) => {
    const cell = micros(value, times, by)
    if (cell < 0n || cell >= dayMicros) throw new BadValue('it is not a time of a day: below 00:00 or from 24:00 on')
    return cell
  }
}

const zoned = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:Z|([+-])(\d\d):?(\d\d))$/

/** Microseconds of an ISO 8601 text with its zone. */
export function zonedCell(written: string): bigint {
  const plain = utcCell(written)
  if (plain !== undefined) return instant(plain)
  const [, year, month, day, hour, minute, second = '0', fraction = '', sign, zoneHour = '0', zoneMinute = '0'] = zoned.exec(written) ?? []
  if (year === undefined) throw new BadValue('it is not a time with its zone as ISO 8601 writes it')
  const date = new Date(0)
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  date.setUTCHours(Number(hour), Number(minute), Number(second))
  if (date.getUTCDate() !== Number(day) || date.getUTCMonth() !== Number(month) - 1 || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) {
    throw new BadValue('there is no such time')
  }
  const east = (Number(zoneHour) * 60 + Number(zoneMinute)) * (sign === '-' ? -1 : 1)
  const nanos = BigInt(fraction.padEnd(9, '0'))
  if (nanos % 1_000n !== 0n) throw new BadValue('it is finer than a microsecond')
  return instant((BigInt(date.getTime()) - BigInt(east) * 60_000n) * 1_000n + nanos / 1_000n)
}

/**
 * The same of `YYYY-MM-DDTHH:MM:SS[.f]Z` with up to six digits of a fraction, as extract and Debezium write nearly all of
 * them, digit by digit: a tenth of what the pattern takes. undefined: it is another text, or no time.
 */
function utcCell(written: string): bigint | undefined {
  const end = written.length - 1
  if (end < 19 || end === 20 || end > 26 || written.charCodeAt(end) !== letterZ) return undefined
  if (written[4] !== '-' || written[7] !== '-' || written[10] !== 'T' || written[13] !== ':' || written[16] !== ':' || (end > 19 && written[19] !== '.')) return undefined
  const [year, month, day] = [digits(written, 0, 4), digits(written, 5, 7), digits(written, 8, 10)]
  const [hour, minute, second] = [digits(written, 11, 13), digits(written, 14, 16), digits(written, 17, 19)]
  const fraction = end > 19 ? digits(written, 20, end) * 10 ** (26 - end) : 0
  // Also where one of them has no digits: nothing is less or greater than NaN.
  if (!(year >= 1 && month >= 1 && month <= 12 && day >= 1 && hour < 24 && minute < 60 && second < 60 && fraction >= 0)) return undefined
  const days = daysOf(year, month, day)
  if (day > 28 && dateText(days) !== written.slice(0, 10)) return undefined
  const seconds = days * 86_400 + hour * 3_600 + minute * 60 + second
  const cell = seconds * 1_000_000 + fraction
  return Number.isSafeInteger(cell) ? BigInt(cell) : BigInt(seconds) * 1_000_000n + BigInt(fraction)
}

const letterZ = 'Z'.charCodeAt(0)

/** A whole number; NaN where there is something else than digits. */
function digits(text: string, from: number, to: number): number {
  let n = 0
  for (let i = from; i < to; i++) {
    const digit = text.charCodeAt(i) - 48
    if (!(digit >= 0 && digit <= 9)) return Number.NaN
    n = n * 10 + digit
  }
  return n
}
