import type { KafkaClient, KafkaClientOptions } from '../ports.js'
import { KafkajsAdmin } from './admin.js'
import { KafkajsConsumer } from './consumer.js'
import { KafkajsProducer } from './producer.js'
import { KafkajsReader } from './reader.js'
import { KafkajsTransactionalProducer } from './transactional-producer.js'

/** The Kafka client on `kafkajs`. */
export function kafkajs(options: KafkaClientOptions): KafkaClient {
  return {
    producer: () => new KafkajsProducer(options),
    transactionalProducer: (transactionalId) => new KafkajsTransactionalProducer(options, transactionalId),
    consumer: (consumerOptions) => new KafkajsConsumer(options, consumerOptions),
    reader: () => new KafkajsReader(options),
    admin: () => new KafkajsAdmin(options),
  }
}
