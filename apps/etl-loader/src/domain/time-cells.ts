import { BadValue } from './bad-value.js'

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
