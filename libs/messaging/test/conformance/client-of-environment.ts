import { clusterConfig, kafkaClient, type KafkaClient } from '@swipestream/messaging'
import { loadConfig } from '@swipestream/platform'
import { z } from 'zod'
import type { ClientName } from './clients.js'

const schema = z.object(clusterConfig)

/** A client as a service gets it from its environment. */
export function clientOfEnvironment(env: Readonly<Record<string, string>>, name: ClientName): KafkaClient {
  return kafkaClient(loadConfig(schema, { ...env, KAFKA_CLIENT: name }), 'conformance')
}
