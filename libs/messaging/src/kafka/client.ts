import type { MessagingConfig } from '../config.js'
import { kafkajs } from './kafkajs/index.js'
import { platformatic } from './platformatic/index.js'
import type { KafkaClient } from './ports.js'

const clients = { platformatic, kafkajs }

/** The Kafka client the environment asks for. */
export function kafkaClient(config: Pick<MessagingConfig, 'KAFKA_BROKERS' | 'KAFKA_CLIENT'>, clientId: string): KafkaClient {
  return clients[config.KAFKA_CLIENT]({ clientId, brokers: config.KAFKA_BROKERS })
}
