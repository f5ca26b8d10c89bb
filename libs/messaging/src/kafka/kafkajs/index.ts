import type { KafkaClient, KafkaClientOptions } from '../ports.js'
import { LogFollower } from '../follower.js'
import { KafkajsAccess } from './access.js'
import { KafkajsAdmin } from './admin.js'
import { KafkajsCluster } from './cluster.js'
import { KafkajsConsumer } from './consumer.js'
import { KafkajsFetchSource } from './fetch-source.js'
import { KafkajsProducer } from './producer.js'
import { KafkajsReader } from './reader.js'
import { KafkajsTransactionalProducer } from './transactional-producer.js'

/** Longer than a broker holds an answer. */
const followerTimeoutMs = 10_000

/** The Kafka client on `kafkajs`. */
export function kafkajs(options: KafkaClientOptions): KafkaClient {
  return {
    producer: () => new KafkajsProducer(options),
    transactionalProducer: (transactionalId) => new KafkajsTransactionalProducer(options, transactionalId),
    consumer: (consumerOptions) => new KafkajsConsumer(options, consumerOptions),
    reader: () => new KafkajsReader(options),
    follower(sink) {
      const cluster = new KafkajsCluster(options, followerTimeoutMs)
      return new LogFollower(new KafkajsFetchSource(cluster, 'no-group'), sink, () => cluster.close())
    },
    admin: () => new KafkajsAdmin(options),
    access: () => new KafkajsAccess(options),
  }
}
