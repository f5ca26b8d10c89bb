/**
 * Makes the peer's files: the records of a topic, as many to a file as the loader takes to a batch, in the order in which
 * it reads them, with the columns and types of its table.
 */
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { type AvroSchema, RowDecoder, schemaIdOf } from '@swipestream/contracts'
import { connect, connectionConfig, type KafkaRecord } from '@swipestream/messaging'
import { tell, whenAsked } from '../../child.js'
import type { BatchFile, FilesTask } from '../load.js'

interface Payment {
  readonly id: number
  readonly account_id: number
  readonly card_id: string
  readonly merchant: string
  readonly amount: Buffer
  readonly currency: string
  readonly status: string
  readonly note: string | null
  readonly booked_on: number
  readonly created_at: number
  readonly updated_at: string
}

/** Columns of the loader's table, from texts. */
const columns = {
  id: 'id::BIGINT', account_id: 'account_id::INTEGER', card_id: 'card_id', merchant: 'merchant', amount: '(amount::BIGINT::DECIMAL(18, 0) / 100)::DECIMAL(12, 2)', currency: 'currency', status: 'status', note: 'note',
  booked_on: "DATE '1970-01-01' + booked_on::INTEGER", created_at: 'make_timestamp(created_at::BIGINT * 1000)', updated_at: 'updated_at::TIMESTAMPTZ',
  _partition: '_partition::INTEGER', _offset: '_offset::BIGINT', _written_at: 'make_timestamptz(_written_at::BIGINT * 1000)',
} as const
type Column = keyof typeof columns
const names = Object.keys(columns) as Column[]

const { BENCH_TASK = '' } = process.env
const { topic, directory, batchRows, batchBytes } = JSON.parse(BENCH_TASK) as FilesTask
const { client, registry, close } = await connect({ service: 'bench', config: connectionConfig(process.env), produces: [] })
const reader = client.reader()
const instance = await DuckDBInstance.create(':memory:')
const duckdb = await instance.connect()
whenAsked(async () => {
  duckdb.closeSync()
  await reader.close()
  await close()
})
await duckdb.run("SET TimeZone = 'UTC'")

const schemas = new Map<number, AvroSchema>()
const decoder = new RowDecoder()
async function decoded(bytes: Buffer): Promise<unknown> {
  const id = schemaIdOf(bytes)
  if (!schemas.has(id)) schemas.set(id, await registry.schemaById(id))
  return decoder.decode(bytes, (known) => schemas.get(known) as AvroSchema).value
}

const files: BatchFile[] = []
let batch: KafkaRecord[] = []
let bytes = 0
let next: [number, number][] = []

async function written(): Promise<void> {
  const file = join(directory, `${String(files.length).padStart(6, '0')}.parquet`)
  const last = new Map<string, KafkaRecord>()
  for (const record of batch) last.set((record.key as Buffer).toString('latin1'), record)
  await duckdb.run(`CREATE OR REPLACE TABLE texts (${names.map((name) => `${name} VARCHAR`).join(', ')})`)
  const appender = await duckdb.createAppender('texts')
  for (const { partition, offset, timestamp, value } of last.values()) {
    const { after } = (await decoded(value as Buffer)) as { after: Payment }
    const texts: Readonly<Record<Column, unknown>> = { ...after, amount: unscaled(after.amount), _partition: partition, _offset: offset, _written_at: timestamp }
    for (const name of names) {
      const text = texts[name]
      if (text === null) appender.appendNull()
      else appender.appendVarchar(String(text))
    }
    appender.endRow()
  }
  appender.closeSync()
  await duckdb.run(`COPY (SELECT ${names.map((name) => `${columns[name]} AS ${name}`).join(', ')} FROM texts) TO '${file}' (FORMAT parquet)`)
  files.push({ file, records: batch.length, rows: last.size, next })
  batch = []
  bytes = 0
  next = []
}

function unscaled(amount: Buffer): bigint {
  return BigInt.asIntN(amount.length * 8, BigInt(`0x${amount.toString('hex')}`))
}

for (const [partition, { first, end }] of (await reader.bounds(topic)).entries()) {
  for await (const records of reader.read({ topic, partition }, first, end)) {
    for (const record of records) {
      batch.push(record)
      bytes += (record.key?.length ?? 0) + (record.value?.length ?? 0)
      if (batch.length < batchRows && bytes < batchBytes) continue
      next.push([partition, Number(record.offset) + 1])
      await written()
    }
  }
  next.push([partition, Number(end)])
}
if (batch.length > 0) await written()
tell(files)
