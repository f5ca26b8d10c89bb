import type { ClusterConfig } from '../config.js'
import { clientOptions } from './client-options.js'
import { kafkajs } from './kafkajs/index.js'
import { platformatic } from './platformatic/index.js'
import type { KafkaClient } from './ports.js'

const clients = { platformatic, kafkajs }

/** The Kafka client the environment asks for. @throws CodedError CONFIG_INVALID */
export function kafkaClient(config: ClusterConfig, clientId: string): KafkaClient {
  return clients[config.KAFKA_CLIENT](clientOptions(config, clientId))
}
