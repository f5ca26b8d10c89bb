import { clusterConfig, kafkaClient, type KafkaClient } from '@swipestream/messaging'
import { loadConfig } from '@swipestream/platform'
import { z } from 'zod'

const schema = z.object(clusterConfig)

/** Every Kafka client there is: what one promises, all keep. */
export const clientNames = clusterConfig.KAFKA_CLIENT.unwrap().options

/** A client as a service gets it from its environment. */
export function clientOf(env: Readonly<Record<string, string>>, name: string): KafkaClient {
  return kafkaClient(loadConfig(schema, { ...env, KAFKA_CLIENT: name }), 'conformance')
}
