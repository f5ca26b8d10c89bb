import type { BaseOptions } from '@platformatic/kafka'
import { MessagingError } from '../../errors.js'
import type { KafkaClient, KafkaClientOptions } from '../ports.js'
import { PlatformaticAdmin } from './admin.js'
import { PlatformaticConsumer } from './consumer.js'
import { PlatformaticProducer } from './producer.js'
import { PlatformaticReader } from './reader.js'

/** The Kafka client on `@platformatic/kafka`. */
export function platformatic(options: KafkaClientOptions): KafkaClient {
  const base: BaseOptions = { clientId: options.clientId, bootstrapBrokers: [...options.brokers], connectTimeout: 3_000, timeout: 10_000 }
  return {
    producer: () => new PlatformaticProducer(base),
    transactionalProducer: () => {
      throw new MessagingError('KAFKA_UNSUPPORTED', 'Transactions are not there yet')
    },
    consumer: (consumerOptions) => new PlatformaticConsumer(base, consumerOptions),
    reader: () => new PlatformaticReader(base),
    admin: () => new PlatformaticAdmin(base),
  }
}
