import { type AvroSchema, ContractError, decoder, type LogLine, schemaIdOf, type SchemaRegistry, serverLogs } from '@swipestream/contracts'
import { type ConnectionConfig, kafkaClient, type Reader, registryOf } from '@swipestream/messaging'

/** Where to begin. */
export type Beginning = { readonly last: number } | { readonly since: number }

/** What `logs tail` reads. */
export interface LogSource {
  begin(from: Beginning): Promise<void>
  entries(): Promise<LogLine[]>
  readonly unreadable: number
}

/** Reads `server_logs` outside of any group: what looking on reads, nobody else lacks. */
export class LogTail implements LogSource {
  private readonly reader: Reader
  private readonly registry: SchemaRegistry
  private readonly topic: string
  private readonly decoder = decoder<LogLine>(serverLogs.schema)
  private readonly schemas = new Map<number, AvroSchema>()
  private next: bigint[] | undefined
  /** Records that are no entries, and were left out. */
  unreadable = 0

  constructor(config: ConnectionConfig) {
    this.reader = kafkaClient(config, 'logs-tail').reader()
    this.registry = registryOf(config)
    this.topic = config.KAFKA_NAMESPACE + serverLogs.name
  }

  /** @param from with `last`, so many entries of each partition; with `since`, those that arrived from then on, in milliseconds since the Unix epoch */
  async begin(from: Beginning): Promise<void> {
    if ('since' in from) this.next = [...(await this.reader.offsetsAt(this.topic, from.since))]
    else this.next = (await this.reader.bounds(this.topic)).map(({ first, end }) => (end - first > BigInt(from.last) ? end - BigInt(from.last) : first))
  }

  /** The entries that came since the last call, in the order in which they were read on their machines. @throws MessagingError, ContractError */
  async entries(): Promise<LogLine[]> {
    if (this.next === undefined) throw new Error('begin() comes first')
    const entries: LogLine[] = []
    for (const [partition, { first, end }] of (await this.reader.bounds(this.topic)).entries()) {
      const known = this.next[partition] ?? first
      // What was there before may be gone: the topic keeps entries for some days only.
      const from = known < first ? first : known
      for await (const records of this.reader.read({ topic: this.topic, partition }, from, end)) {
        for (const { value } of records) {
          const entry = value === null ? undefined : await this.read(value)
          if (entry !== undefined) entries.push(entry)
        }
      }
      this.next[partition] = end
    }
    return entries.sort((one, other) => one.read_at - other.read_at)
  }

  close(): Promise<void> {
    return this.reader.close()
  }

  private async read(bytes: Buffer): Promise<LogLine | undefined> {
    try {
      const id = schemaIdOf(bytes)
      const schema = this.schemas.get(id) ?? (await this.registry.schemaById(id))
      this.schemas.set(id, schema)
      return this.decoder.decode(bytes, () => schema)
    } catch (error) {
      if (!(error instanceof ContractError) || error.kind !== 'poison') throw error
      this.unreadable++
      return undefined
    }
  }
}
