import { cards, cardSpendDaily, customers, etlBankEntries, etlBankRows, etlQuarantine, type Row, RowDecoder, schemaIdOf, uuidv7 } from '@swipestream/contracts'
import type { Connection, KafkaRecord, RecordToSend } from '@swipestream/messaging'
import { Entries, rowId } from '../domain/bank/entries.js'
import { samePerson } from '../domain/bank/merge-customers.js'
import { EtlError } from '../errors.js'
import { type SourceNames, sourceTopicName } from './source-topics.js'

/** Tables of the bank whose rows say by `customer_id` whose they are. */
const personalTables = ['accounts', 'cards', 'customers'] as const

/** What was erased. */
export interface Forgotten {
  /** All rows of the bank that were this person. */
  readonly customers: readonly string[]
  readonly cards: readonly string[]
  /** Tombstones by topic, without the namespace. */
  readonly tombstones: Readonly<Record<string, number>>
}

/** Where the last record of a key stands, and what it says. */
interface Last {
  readonly record: KafkaRecord
  readonly row: Row
}

/**
 * Erases a customer, with all rows that are the same person, from the topics of the source's tables, from those made of
 * them, and from the quarantine: a tombstone for each key, all in one transaction. Whoever holds copies erases them when
 * it reads the tombstone.
 */
export class ForgetCustomer {
  /** @param namespace of the topics */
  constructor(
    private readonly connection: Connection,
    private readonly namespace: string,
    private readonly names: SourceNames,
  ) {}

  /**
   * @param dryRun says what would be erased, and erases nothing
   * @throws EtlError ETL_CUSTOMER_UNKNOWN
   */
  async run(customerId: string, dryRun: boolean, progress: (line: string) => void): Promise<Forgotten> {
    const memory = await this.connection.held(etlBankEntries)
    const person = new Set([customerId, ...samePerson(new Entries({ get: (id) => memory.get(id), set: refused, delete: refused }), customerId)])
    const cardIds = new Set([...person].flatMap((id) => memory.get(`holder/${id}`)?.ids ?? []))
    const records: RecordToSend[] = []

    for (const table of personalTables) {
      const topic = sourceTopicName(this.names, table)
      progress(`looking through ${topic}`)
      for (const { record, row } of await this.#lastRows(topic)) {
        if (!person.has(String(row['customer_id']).trimEnd())) continue
        if (typeof row['card_id'] === 'string') cardIds.add(row['card_id'])
        records.push({ topic: record.topic, partition: record.partition, key: record.key, value: null, headers: headers() })
      }
    }
    const held = { customers: await this.connection.held(customers), cards: await this.connection.held(cards) }
    for (const [id, card] of held.cards) if (person.has(card.customer_id)) cardIds.add(id)
    const tombstone = (topic: { readonly name: string }, key: string): void => void records.push({ topic: this.namespace + topic.name, key: Buffer.from(key), value: null, headers: headers() })
    for (const id of person) {
      if (held.customers.has(id)) tombstone(customers, id)
      if (memory.has(rowId('customers', id))) tombstone(etlBankRows, rowId('customers', id))
    }
    for (const id of cardIds) {
      if (held.cards.has(id)) tombstone(cards, id)
      if (memory.has(rowId('cards', id))) tombstone(etlBankRows, rowId('cards', id))
    }
    for (const quarantined of (await this.connection.held(etlQuarantine)).values()) {
      const row = JSON.parse(quarantined.row) as Record<string, unknown>
      if (person.has(String(row['customer_id'])) || cardIds.has(String(row['card_id']))) tombstone(etlQuarantine, quarantined.row_id)
    }
    for (const { key, partition, value, topic } of latest(await this.connection.tail({ name: cardSpendDaily.name }).records())) {
      const spendId = key?.toString() ?? ''
      if (value !== null && cardIds.has(spendId.slice(0, spendId.indexOf('/')))) records.push({ topic, partition, key, value: null, headers: headers() })
    }

    if (records.length === 0) throw new EtlError('ETL_CUSTOMER_UNKNOWN', `no topic holds anything of ${customerId}`)
    if (!dryRun) await this.#write(records)
    const tombstones: Record<string, number> = {}
    for (const { topic } of records) tombstones[topic.slice(this.namespace.length)] = (tombstones[topic.slice(this.namespace.length)] ?? 0) + 1
    return { customers: [...person].sort(), cards: [...cardIds].sort(), tombstones }
  }

  /** The rows that a table's topic holds; none when there is no such topic. */
  async #lastRows(topic: string): Promise<Last[]> {
    const admin = this.connection.client.admin()
    try {
      if ((await admin.partitionsOf([this.namespace + topic])).size === 0) return []
    } finally {
      await admin.close()
    }
    const decoder = new RowDecoder()
    const rows: Last[] = []
    for (const record of latest(await this.connection.tail({ name: topic }).records())) {
      if (record.value === null) continue
      const schema = await this.connection.registry.schemaById(schemaIdOf(record.value))
      const { after, before } = decoder.decode(record.value, () => schema).value as { after?: Row | null; before?: Row | null }
      const row = after ?? before
      if (row) rows.push({ record, row })
    }
    return rows
  }

  async #write(records: readonly RecordToSend[]): Promise<void> {
    const producer = this.connection.client.transactionalProducer(`${this.namespace}etl-forget`)
    try {
      await producer.open()
      await producer.write(records)
    } finally {
      await producer.close()
    }
  }
}

/** The last record of each key. */
function latest(records: readonly KafkaRecord[]): KafkaRecord[] {
  return [...new Map(records.map((record) => [`${record.partition} ${record.key?.toString('base64')}`, record])).values()]
}

function headers(): Record<string, string> {
  return { 'message-id': uuidv7(), 'produced-by': 'etl' }
}

function refused(): never {
  throw new Error('the memory of merging is its service’s own')
}
