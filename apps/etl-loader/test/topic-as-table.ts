import type { AvroField, AvroSchema } from '@swipestream/contracts'

type Values = Readonly<Record<string, unknown>>

/**
 * A row of a topic in the words of the server: its dates and decimals as texts. What a consumer that knows Debezium's
 * types would make of it.
 */
export function inWordsOfTheServer(row: Values, fields: readonly AvroField[]): Record<string, unknown> {
  return Object.fromEntries(fields.map(({ name, type }) => [name, row[name] === null ? null : inWords(row[name], typeOf(type))]))
}

interface NamedType {
  readonly type: string
  readonly scale?: number
  readonly 'connect.name'?: string
}

function typeOf(schema: AvroSchema): NamedType {
  const branch = Array.isArray(schema) ? (schema as readonly AvroSchema[]).find((one) => one !== 'null') : schema
  return (typeof branch === 'string' ? { type: branch } : branch) as NamedType
}

function inWords(value: unknown, { type, scale, 'connect.name': name }: NamedType): unknown {
  const iso = (ms: number) => new Date(ms).toISOString().slice(0, 23).replace('T', ' ')
  switch (name) {
    case 'org.apache.kafka.connect.data.Decimal':
      return decimal(value as Buffer, scale ?? 0)
    case 'io.debezium.time.Timestamp':
      return withoutZeros(iso(value as number))
    case 'io.debezium.time.MicroTimestamp':
      return microText(BigInt(value as number))
    case 'io.debezium.time.Date':
      return iso((value as number) * 86_400_000).slice(0, 10)
    case 'io.debezium.time.ZonedTimestamp':
      return withoutZeros((value as string).replace('T', ' ').replace('Z', ''))
    case 'io.debezium.time.MicroTime':
      return timeText(value as number)
    case 'io.debezium.data.Bits':
      return Buffer.from(value as Buffer).reverse().toString('hex')
    default:
      if (type === 'bytes') return (value as Buffer).toString('hex')
      return typeof value === 'bigint' ? value.toString() : value
  }
}

function timeText(micros: number): string {
  const two = (n: number) => String(Math.floor(n)).padStart(2, '0')
  const seconds = Math.abs(micros) / 1_000_000
  return `${micros < 0 ? '-' : ''}${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}`
}

function microText(micros: bigint): string {
  const fraction = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n
  const second = new Date(Number((micros - fraction) / 1000n)).toISOString().slice(0, 19).replace('T', ' ')
  return withoutZeros(`${second}.${String(fraction).padStart(6, '0')}`)
}

/** A time without the zeros that end its fraction: columns differ in how many digits they show. */
export function withoutZeros(text: string): string {
  return /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+$/.test(text) ? text.replace(/\.?0+$/, '') : text
}

function decimal(bytes: Buffer, scale: number): string {
  const n = BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex')}`))
  const digits = (n < 0n ? -n : n).toString().padStart(scale + 1, '0')
  return `${n < 0n ? '-' : ''}${scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`}`
}
