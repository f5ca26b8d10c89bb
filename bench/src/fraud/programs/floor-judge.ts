/**
 * The floor of a swipe's last hops: what comes on one topic goes to another, each partition's in transactions of its
 * own with its offset, as fraud-service's. The client is the one that stands below it, with nothing between.
 */
import { kafkaClient, type KafkaRecord, type TransactionalProducer } from '@swipestream/messaging'
import { tell, whenAsked } from '../../child.js'

const { KAFKA_BROKERS = '', BENCH_TOPIC = '', BENCH_OUTPUT = '', BENCH_GROUP = '', BENCH_PARTITIONS = '1' } = process.env
const client = kafkaClient({ KAFKA_BROKERS: KAFKA_BROKERS.split(','), KAFKA_CLIENT: 'platformatic' }, 'bench-floor-judge')
const consumer = client.consumer({ groupId: BENCH_GROUP, topics: [BENCH_TOPIC], sessionTimeoutMs: 10_000 })

class Partition {
  readonly #producer: TransactionalProducer
  #waiting: KafkaRecord[] = []
  #writing = false

  constructor(readonly number: number) {
    this.#producer = client.transactionalProducer(`${BENCH_GROUP}-${number}`)
  }

  open(): Promise<void> {
    return this.#producer.open()
  }

  async push(records: readonly KafkaRecord[]): Promise<void> {
    this.#waiting.push(...records)
    if (this.#writing) return
    this.#writing = true
    while (this.#waiting.length > 0) {
      const taken = this.#waiting
      this.#waiting = []
      const [last] = taken.slice(-1) as [KafkaRecord]
      await this.#producer.write(
        taken.map(({ key, value }) => ({ topic: BENCH_OUTPUT, partition: this.number, key, value, headers: {} })),
        { groupId: BENCH_GROUP, topic: BENCH_TOPIC, partition: this.number, offset: last.offset + 1n },
      )
    }
    this.#writing = false
  }

  close(): Promise<void> {
    return this.#producer.close()
  }
}

const partitions = Array.from({ length: Number(BENCH_PARTITIONS) }, (_, number) => new Partition(number))
await Promise.all(partitions.map((partition) => partition.open()))
const failed = (error: unknown): never => {
  console.error(error)
  process.exit(1)
}
consumer.start({
  assigned: (assigned) => {
    for (const at of assigned) consumer.seek(at, null)
    tell('started')
  },
  revoked: () => undefined,
  records: ({ partition }, records) => void partitions[partition]?.push(records).catch(failed),
  health: (error) => {
    if (error) console.error(error)
  },
})
whenAsked(async () => {
  await consumer.close()
  await Promise.all(partitions.map((partition) => partition.close()))
})
