import { MessagingError } from '../../errors.js'
import type { KafkaClient, KafkaRecord, Reader, RecordToSend, TransactionalProducer } from '../../kafka/ports.js'

/** A cluster in memory: topics of one partition, transactions that fence each other by id. */
export class KafkaLog {
  readonly #topics = new Map<string, KafkaRecord[]>()
  readonly #owners = new Map<string, object>()
  /** Called before each transaction; may throw. */
  beforeWrite: (records: readonly RecordToSend[]) => void = () => undefined
  /** Records of the log that a transaction that is open hides, by topic. */
  readonly hidden = new Map<string, number>()
  readonly transactions: (readonly RecordToSend[])[] = []

  topic(name: string): KafkaRecord[] {
    const log = this.#topics.get(name) ?? []
    this.#topics.set(name, log)
    return log
  }

  append(records: readonly RecordToSend[]): void {
    for (const { topic, partition = 0, key, value, headers } of records) {
      const log = this.topic(topic)
      const bytes = Object.fromEntries(Object.entries(headers).map(([name, header]) => [name, Buffer.from(header)]))
      log.push({ topic, partition, offset: BigInt(log.length), timestamp: log.length, key, value, headers: bytes })
    }
  }

  reader(): Reader {
    const committed = (topic: string) => this.topic(topic).slice(0, this.topic(topic).length - (this.hidden.get(topic) ?? 0))
    return {
      bounds: (topic) => Promise.resolve([{ first: 0n, end: BigInt(committed(topic).length) }]),
      written: (topic) => Promise.resolve([BigInt(this.topic(topic).length)]),
      offsetsAt: () => Promise.resolve([0n]),
      async *read({ topic }, from, to) {
        yield await Promise.resolve(committed(topic).slice(Number(from), Number(to)))
      },
      close: () => Promise.resolve(),
    }
  }

  client(): KafkaClient {
    const refuse = () => {
      throw new Error('not in this cluster')
    }
    return { producer: refuse, consumer: refuse, admin: refuse, access: refuse, follower: refuse, reader: () => this.reader(), transactionalProducer: (id) => this.#producer(id) }
  }

  #producer(id: string): TransactionalProducer {
    const self = {}
    return {
      open: () => {
        this.#owners.set(id, self)
        return Promise.resolve()
      },
      write: async (records) => {
        this.beforeWrite(records)
        if (this.#owners.get(id) !== self) throw new MessagingError('KAFKA_FENCED', `${id} was opened by another`)
        this.append(records)
        this.transactions.push(records)
        await Promise.resolve()
      },
      close: () => Promise.resolve(),
    }
  }
}
