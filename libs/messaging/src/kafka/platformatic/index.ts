import { type BaseOptions, compressionsAlgorithms, Consumer as Client } from '@platformatic/kafka'
import './mend-connections.js'
import { MessagingError } from '../../errors.js'
import { LogFollower } from '../follower.js'
import type { KafkaClient, KafkaClientOptions } from '../ports.js'
import { PlatformaticAccess } from './access.js'
import { PlatformaticAdmin } from './admin.js'
import { Brokers } from './brokers.js'
import { PlatformaticConsumer } from './consumer.js'
import { PlatformaticFetchSource } from './fetch-source.js'
import { PlatformaticProducer } from './producer.js'
import { PlatformaticReader } from './reader.js'
import { PlatformaticTransactionalProducer } from './transactional-producer.js'

/** The Kafka client on `@platformatic/kafka`. @throws MessagingError KAFKA_UNSUPPORTED: zstd needs Node 22.15 or newer */
export function platformatic({ clientId, brokers: bootstrap, tls, sasl, compression = 'none' }: KafkaClientOptions): KafkaClient {
  if (!compressionsAlgorithms[compression]?.available) throw new MessagingError('KAFKA_UNSUPPORTED', `This Node cannot compress by ${compression}`)
  const base: BaseOptions = {
    clientId,
    bootstrapBrokers: [...bootstrap],
    connectTimeout: 3_000,
    timeout: 10_000,
    ...(tls ? { tls } : {}),
    ...(sasl ? { sasl } : {}),
  }
  const brokers = new Brokers(base)
  return {
    producer: () => new PlatformaticProducer(brokers, compression),
    transactionalProducer: (transactionalId) => new PlatformaticTransactionalProducer(transactionalId, brokers, compression),
    consumer: (consumerOptions) => new PlatformaticConsumer(base, consumerOptions),
    reader: () => new PlatformaticReader(base),
    follower(sink) {
      // The client wants a group's name; it is never joined.
      const client = new Client({ ...base, retries: 0, groupId: 'no-group', autocommit: false })
      const own = new Brokers(base)
      own.use()
      return new LogFollower(new PlatformaticFetchSource(client, own), sink, () => Promise.all([client.close(), own.release()]))
    },
    admin: () => new PlatformaticAdmin(base),
    access: () => new PlatformaticAccess(base),
  }
}
