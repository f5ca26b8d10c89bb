import { randomBytes } from 'node:crypto'
import { type AvroField, type AvroSchema, RowDecoder, etlCheckpoints, etlQuarantine, etlReconciliation, opsAlerts, type QuarantinedRow, schemaIdOf, type TopicDefinition } from '@swipestream/contracts'
import type { KafkaRecord } from '@swipestream/messaging'
import { testBackbone, type TestBackbone } from '@swipestream/messaging/testing'
import { createMysqlDatabase } from '@swipestream/stack'
import mysql, { type Connection, type RowDataPacket } from 'mysql2/promise'
import { Extract, type ExtractOptions, type ExtractedTable } from '../src/app/extract/extract.js'
import { settledBounds } from '../src/app/extract/topic-keys.js'
import { type ExtractConfig, readExtractConfig } from '../src/config.js'
import type { TableSettings } from '../src/table-settings.js'
import { inWordsOfTheServer, withoutZeros } from './topic-as-table.js'

/** A database of its own, and a namespace to extract it to. */
export interface SourceUnderTest {
  readonly url: string
  readonly database: string
  /** Whether the server is MariaDB: MySQL lacks some of its types. */
  readonly isMariadb: boolean
  readonly backbone: TestBackbone
  readonly env: Readonly<Record<string, string>>
  sql(statement: string, values?: readonly unknown[]): Promise<RowDataPacket[]>
  connect(): Promise<Connection>
  /** After the server was away. */
  reconnect(): Promise<void>
  /** The last value of each key of a table's topic, decoded: keys as JSON. */
  rows(table: string): Promise<Map<string, Readonly<Record<string, unknown>>>>
  /** The same, each row in the words of the server: to be compared with `tableRows`. */
  topicRows(table: string): Promise<Record<string, unknown>[]>
  /** What stands in a table: dates and decimals as texts, bytes as hexadecimal digits. Both are sorted. */
  tableRows(table: string): Promise<Record<string, unknown>[]>
  /** Every envelope of a table's topic, and null for a tombstone, in the order of partitions and offsets. */
  envelopes(table: string): Promise<({ readonly key: string } & Partial<Envelope>)[]>
  /** What stands in the quarantine. */
  quarantined(): Promise<QuarantinedRow[]>
  extract(changes?: Partial<ExtractOptions> & { readonly env?: Readonly<Record<string, string>>; readonly tables?: Readonly<Record<string, TableSettings>> }): Extract
  once(changes?: Parameters<SourceUnderTest['extract']>[0]): Promise<readonly ExtractedTable[]>
  close(): Promise<void>
}

interface Envelope {
  readonly before: Readonly<Record<string, unknown>> | null
  readonly after: Readonly<Record<string, unknown>> | null
  readonly op: string
  readonly source: Readonly<Record<string, unknown>>
}

/**
 * @param server where the database is made; the environment's by default
 * @param servers where Kafka and the registry are; the environment's by default
 * @param of the source whose database this one reads too, into a namespace of its own
 * @param topics of the namespace
 */
export async function sourceUnderTest(server = process.env['MYSQL_URL'], servers: Readonly<Record<string, string | undefined>> = process.env, of?: Pick<SourceUnderTest, 'database'>, topics: readonly TopicDefinition[] = [etlCheckpoints, etlQuarantine, etlReconciliation, opsAlerts]): Promise<SourceUnderTest> {
  if (server === undefined) throw new Error('MYSQL_URL is not set: run the tests by `npm test`, which starts the stack')
  const database = of?.database ?? `test_${randomBytes(6).toString('hex')}`
  const url = await createMysqlDatabase(server, database)
  const backbone = await testBackbone(topics, servers)
  const connect = () => mysql.createConnection({ uri: url, timezone: 'Z', multipleStatements: true, dateStrings: true, supportBigNumbers: true, jsonStrings: true })
  let control = await connect()
  const [[{ version }]] = (await control.query('SELECT VERSION() AS version')) as unknown as [[{ version: string }]]
  const decoder = new RowDecoder()
  const schemas = new Map<number, AvroSchema>()
  const decoded = async (bytes: Buffer): Promise<unknown> => {
    const id = schemaIdOf(bytes)
    if (!schemas.has(id)) schemas.set(id, await backbone.registry.schemaById(id))
    return decoder.decode(bytes, (known) => schemas.get(known) as AvroSchema).value
  }
  const env = { ...backbone.env, ETL_SOURCE_URL: url, ETL_SOURCE_NAME: 'src', ETL_POLL_MS: '50' }
  const reader = backbone.client.reader()
  const records = async (table: string): Promise<KafkaRecord[]> => {
    const topic = `src.${database}.${table}`
    await settledBounds(reader, backbone.namespace + topic)
    return backbone.records({ name: topic })
  }
  const envelopes: SourceUnderTest['envelopes'] = async (table) => {
    const found = []
    for (const { key, value } of await records(table)) {
      const keyText = readable(await decoded(key as Buffer))
      found.push({ key: keyText, ...(value === null ? {} : ((await decoded(value)) as Envelope)) })
    }
    return found
  }
  const extract: SourceUnderTest['extract'] = ({ env: more = {}, tables = {}, ...changes } = {}) => {
    const config: ExtractConfig = readExtractConfig({}, { ...env, ...more })
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
    return new Extract({ connection: backbone, config, settings: new Map(Object.entries(tables)), log: log as unknown as ExtractOptions['log'], ...changes })
  }
  const lastRows = async (table: string) => {
    const rows = new Map<string, { row: Readonly<Record<string, unknown>>; fields: readonly AvroField[] }>()
    for (const { key, value } of await records(table)) {
      const id = (key as Buffer).toString('hex')
      const { after } = value === null ? { after: null } : ((await decoded(value)) as Envelope)
      if (value === null || after === null) rows.delete(id)
      else rows.set(id, { row: after, fields: fieldsOf(schemas.get(schemaIdOf(value)) as AvroSchema) })
    }
    return [...rows.values()]
  }
  return {
    url,
    database,
    isMariadb: version.includes('MariaDB'),
    topicRows: async (table) => sorted((await lastRows(table)).map(({ row, fields }) => inWordsOfTheServer(row, fields))),
    async tableRows(table) {
      const [rows] = await control.query<RowDataPacket[]>(`SELECT * FROM \`${database}\`.\`${table}\``)
      return sorted(rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Buffer.isBuffer(value) ? value.toString('hex') : typeof value === 'string' ? withoutZeros(value) : value]))))
    },
    backbone,
    env,
    connect,
    async reconnect() {
      control.destroy()
      control = await connect()
    },
    envelopes,
    async quarantined() {
      await settledBounds(reader, backbone.namespace + etlQuarantine.name)
      return [...(await backbone.held(etlQuarantine)).values()]
    },
    extract,
    sql: async (statement, values) => (await control.query<RowDataPacket[]>(statement, [...(values ?? [])]))[0],
    async rows(table) {
      const rows = new Map<string, Readonly<Record<string, unknown>>>()
      for (const { key, after } of await envelopes(table)) {
        if (after === undefined || after === null) rows.delete(key)
        else rows.set(key, after)
      }
      return rows
    },
    once: async (changes) => (await extract(changes).run(AbortSignal.timeout(60_000), { once: true })).tables,
    async close() {
      if (of === undefined) await control.query(`DROP DATABASE \`${database}\``)
      await control.end()
      await reader.close()
      await backbone.close()
    },
  }
}

/** A table `numbers` whose column `seq` is 1 to `count`, for a FROM of MySQL and MariaDB. */
export function numbers(count: number): string {
  return `JSON_TABLE('${JSON.stringify(Array.from({ length: count }, (_, i) => i + 1))}', '$[*]' COLUMNS (seq INT PATH '$')) AS numbers`
}

function fieldsOf(envelope: AvroSchema): readonly AvroField[] {
  const { fields } = envelope as { fields: readonly { name: string; type: readonly { fields?: readonly AvroField[] }[] }[] }
  return fields.find(({ name }) => name === 'before')?.type[1]?.fields ?? []
}

function sorted(rows: Record<string, unknown>[]): Record<string, unknown>[] {
  return rows.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
}

/** JSON of a decoded value: bytes as hexadecimal digits, longs beyond 2^53 as their digits. */
export function readable(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner === 'bigint') return inner.toString()
    const bytes = inner as { type?: unknown; data?: unknown }
    return typeof inner === 'object' && inner !== null && bytes.type === 'Buffer' ? Buffer.from(bytes.data as number[]).toString('hex') : inner
  })
}
