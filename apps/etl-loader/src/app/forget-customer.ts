import { cards, cardSpendDaily, customers, etlBankEntries, etlBankRows, etlQuarantine, type Row, uuidv7 } from '@swipestream/contracts'
import { type Connection, failureKind, type KafkaRecord, type RecordToSend } from '@swipestream/messaging'
import { Entries, rowId } from '../domain/bank/entries.js'
import { samePerson } from '../domain/bank/merge-customers.js'
import { EtlError } from '../errors.js'
import { forgottenHeader, type Person } from './load/forget-customer.js'
import { RecordDecoder } from './record-decoder.js'
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
  /** Records of the source's topics that nobody can decode, by topic: whose they are is not known. */
  readonly unreadable: Readonly<Record<string, number>>
}

/**
 * Erases a customer, with all rows that are the same person, from the topics of the source's tables, from those made of
 * them, and from the quarantine: a tombstone for each key, all in one transaction. Whoever holds copies erases them when
 * it reads the tombstone.
 */
export class ForgetCustomer {
  readonly #decoder: RecordDecoder

  /** @param namespace of the topics */
  constructor(
    private readonly connection: Connection,
    private readonly namespace: string,
    private readonly names: SourceNames,
  ) {
    this.#decoder = new RecordDecoder(connection.registry)
  }

  /**
   * @param dryRun says what would be erased, and erases nothing
   * @throws EtlError ETL_CUSTOMER_UNKNOWN
   */
  async run(customerId: string, dryRun: boolean, progress: (line: string) => void): Promise<Forgotten> {
    const memory = await this.connection.held(etlBankEntries)
    const person = new Set([customerId, ...samePerson(new Entries({ get: (id) => memory.get(id), set: refused, delete: refused }), customerId)])
    const cardIds = new Set([...person].flatMap((id) => memory.get(`holder/${id}`)?.ids ?? []))
    const isPersons = (row: Readonly<Record<string, unknown>>): boolean => person.has(String(row['customer_id']).trimEnd()) || cardIds.has(String(row['card_id']))
    const tombstones: Pick<KafkaRecord, 'topic' | 'partition' | 'key'>[] = []
    const unreadable: Record<string, number> = {}

    for (const table of personalTables) {
      const topic = sourceTopicName(this.names, table)
      progress(`looking through ${topic}`)
      const undecoded = new Set<KafkaRecord>()
      const found = this.#lastOf(topic, async (record) => {
        const row = await this.#rowOf(record.value as Buffer)
        if (row === 'unreadable') {
          undecoded.add(record)
          return true
        }
        if (isPersons(row) && typeof row['card_id'] === 'string') cardIds.add(row['card_id'])
        return isPersons(row)
      })
      for await (const record of found) {
        if (undecoded.has(record)) unreadable[topic] = (unreadable[topic] ?? 0) + 1
        else tombstones.push(record)
      }
    }
    // Also those that came to the topic from elsewhere.
    for (const [id, card] of await this.connection.held(cards)) if (person.has(card.customer_id)) cardIds.add(id)
    progress(`looking through ${etlQuarantine.name} and ${cardSpendDaily.name}`)
    const quarantined = await this.connection.held(etlQuarantine)
    const waiting = new Set([...quarantined.values()].filter(({ row }) => isPersons(JSON.parse(row) as Record<string, unknown>)).map(({ row_id }) => row_id))
    const rows = new Set([...Array.from(person, (id) => rowId('customers', id)), ...Array.from(cardIds, (id) => rowId('cards', id))])
    const erased: readonly (readonly [name: string, has: (key: string) => boolean])[] = [
      [cards.name, (key) => cardIds.has(key)],
      [customers.name, (key) => person.has(key)],
      [etlBankRows.name, (key) => rows.has(key)],
      [etlQuarantine.name, (key) => waiting.has(key)],
      [cardSpendDaily.name, (key) => cardIds.has(key.slice(0, key.indexOf('/')))],
    ]
    for (const [name, has] of erased) {
      for await (const record of this.#lastOf(name, ({ key }) => has(key?.toString() ?? ''))) tombstones.push(record)
    }

    if (tombstones.length === 0) throw new EtlError('ETL_CUSTOMER_UNKNOWN', `no topic holds anything of ${customerId}`)
    if (!dryRun) await this.#write(this.#recordsOf(tombstones, { customers: [...person], cards: [...cardIds] }))
    const counts: Record<string, number> = {}
    for (const { topic } of tombstones) counts[topic.slice(this.namespace.length)] = (counts[topic.slice(this.namespace.length)] ?? 0) + 1
    return { customers: [...person].sort(), cards: [...cardIds].sort(), tombstones: counts, unreadable }
  }

  /** Those on `customers` say whom to forget, beyond the keys: there is one, whatever else there is. */
  #recordsOf(tombstones: readonly Pick<KafkaRecord, 'topic' | 'partition' | 'key'>[], person: Person): RecordToSend[] {
    const topic = this.namespace + customers.name
    const tombstone = (at: Pick<RecordToSend, 'topic' | 'partition' | 'key'>): RecordToSend => {
      const told = at.topic === topic ? { [forgottenHeader]: JSON.stringify(person) } : {}
      return { ...at, value: null, headers: { 'message-id': uuidv7(), 'produced-by': 'etl', ...told } }
    }
    const records = tombstones.map(({ topic: of, partition, key }) => tombstone({ topic: of, partition, key }))
    if (!tombstones.some((at) => at.topic === topic)) records.push(tombstone({ topic, key: Buffer.from(person.customers[0] ?? '') }))
    return records
  }

  /** The last record of each key of a topic, where it has a value that is looked for; none where there is no such topic. */
  async *#lastOf(name: string, isLookedFor: (record: KafkaRecord) => boolean | Promise<boolean>): AsyncGenerator<KafkaRecord> {
    const topic = this.namespace + name
    const { client } = this.connection
    const [admin, reader] = [client.admin(), client.reader()]
    try {
      if ((await admin.partitionsOf([topic])).size === 0) return
      for (const [partition, { first, end }] of (await reader.bounds(topic)).entries()) {
        // Not all of the topic is kept: it may be as large as the bank.
        const found = new Map<string, KafkaRecord>()
        for await (const records of reader.read({ topic, partition }, first, end)) {
          for (const record of records) {
            const key = record.key?.toString('base64') ?? ''
            if (record.value !== null && (await isLookedFor(record))) found.set(key, record)
            else found.delete(key)
          }
        }
        yield* found.values()
      }
    } finally {
      await reader.close()
      await admin.close()
    }
  }

  /** The row in an envelope. */
  async #rowOf(bytes: Buffer): Promise<Row | 'unreadable'> {
    try {
      const { value } = await this.#decoder.decode(bytes)
      const { after, before } = value as { after?: Row | null; before?: Row | null }
      return after ?? before ?? {}
    } catch (error) {
      if (failureKind(error) !== 'poison') throw error
      return 'unreadable'
    }
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

function refused(): never {
  throw new Error('the memory of merging is its service’s own')
}
