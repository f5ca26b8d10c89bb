import { type AvroSchema, type Row, rowEncoder, subjectOf, topicDefinitions, type TopicDefinition } from '@swipestream/contracts'
import type { RecordToSend } from '@swipestream/messaging'
import { testBackbone, type TestBackbone } from '@swipestream/messaging/testing'

const tables = ['accounts', 'cards', 'customers', 'merchants']
const topicOf = (table: string): string => `bank.bank.${table}`

/** A backbone with the topics of the bank's tables, as Debezium makes them: more than one partition, and no dead letters. */
export function backboneWithSource(): Promise<TestBackbone> {
  const source = tables.map((table): TopicDefinition => ({ name: topicOf(table), partitions: 3, cleanup: 'compact', config: { 'cleanup.policy': 'compact' } }))
  return testBackbone([...topicDefinitions, ...source])
}

const text = (name: string) => ({ name, type: ['null', 'string'], default: null })
const long = (name: string) => ({ name, type: ['null', 'long'], default: null })

/** Every column of `demo/bank/schema.sql` that is a text, a time, or makes a difference here. */
const columns: Readonly<Record<string, readonly ReturnType<typeof text>[]>> = {
  accounts: [text('iban')],
  cards: ['card_bin', 'card_last4', 'product', 'home_country', 'time_zone', 'updated_at', 'deleted_at'].map(text),
  customers: [...['given_name', 'family_name', 'email', 'phone', 'street', 'city', 'country', 'language', 'time_zone', 'channels', 'same_as', 'updated_at', 'deleted_at'].map(text), long('quiet_from'), long('quiet_to')],
  merchants: ['name', 'category_code', 'country', 'city', 'attributes'].map(text),
}
const keys: Readonly<Record<string, string>> = { accounts: 'account_id', cards: 'card_id', customers: 'customer_id', merchants: 'merchant_id' }

function schemasOf(table: string): { readonly key: AvroSchema; readonly value: AvroSchema; readonly names: readonly string[] } {
  const namespace = topicOf(table)
  const holder = table === 'accounts' || table === 'cards' ? [text('customer_id')] : []
  const key = { name: keys[table] as string, type: 'string' }
  const row = { type: 'record', name: 'Value', fields: [key, ...holder, ...(columns[table] ?? [])] }
  return {
    names: row.fields.map(({ name }) => name),
    key: { type: 'record', name: 'Key', namespace, fields: [key] },
    value: {
      type: 'record', name: 'Envelope', namespace, fields: [
        { name: 'before', type: ['null', row], default: null },
        { name: 'after', type: ['null', 'Value'], default: null },
        { name: 'source', type: { type: 'record', name: 'Source', fields: [{ name: 'db', type: 'string' }] } },
        { name: 'op', type: 'string' },
        { name: 'ts_ms', type: ['null', 'long'], default: null },
      ],
    },
  }
}

/** Writes the bank's tables to their topics, as extract and Debezium do. */
export async function sourceTables(backbone: TestBackbone) {
  const writers = new Map(await Promise.all(tables.map(async (table) => {
    const { key, value, names } = schemasOf(table)
    const [keyId, valueId] = await Promise.all([
      backbone.registry.register(subjectOf({ name: topicOf(table) }, backbone.namespace).replace(/-value$/, '-key'), key),
      backbone.registry.register(subjectOf({ name: topicOf(table) }, backbone.namespace), value),
    ])
    const [writeKey, writeValue] = [rowEncoder(key), rowEncoder(value)]
    const whole = (row: Row): Row => Object.fromEntries(names.map((name) => [name, row[name] ?? null]))
    const record = (row: Row, op: string): RecordToSend => ({
      topic: topicOf(table),
      key: writeKey(keyId, { [keys[table] as string]: row[keys[table] as string] ?? '' }),
      value: op === 'tombstone' ? null : writeValue(valueId, { before: op === 'd' ? whole(row) : null, after: op === 'd' ? null : whole(row), source: { db: 'bank' }, op, ts_ms: 1_780_000_000_000 }),
      headers: {},
    })
    return [table, record] as const
  })))
  const made = (table: string, rows: readonly object[], op: string) => rows.map((row) => (writers.get(table) as (row: Row, op: string) => RecordToSend)(row as Row, op))
  return {
    put: (table: string, ...rows: readonly object[]) => backbone.send(made(table, rows, 'c')),
    /** A `d` and a tombstone. */
    delete: (table: string, row: object) => backbone.send([...made(table, [row], 'd'), ...made(table, [row], 'tombstone')]),
    /** What compaction leaves of a deletion. */
    bury: (table: string, row: object) => backbone.send(made(table, [row], 'tombstone')),
    topic: topicOf,
  }
}
