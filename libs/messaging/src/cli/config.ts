import { loadConfig } from '@swipestream/platform'
import { z } from 'zod'
import { type MessagingConfig, messagingConfig } from '../config.js'

const { KAFKA_BROKERS, KAFKA_CLIENT, KAFKA_NAMESPACE } = messagingConfig

export type TopicsConfig = Pick<MessagingConfig, 'KAFKA_BROKERS' | 'KAFKA_CLIENT' | 'KAFKA_NAMESPACE'>

/** What the topics command needs of the environment: the cluster, no registry. @throws CodedError CONFIG_INVALID */
export function topicsConfig(env: NodeJS.ProcessEnv = process.env): TopicsConfig {
  return loadConfig(z.object({ KAFKA_BROKERS, KAFKA_CLIENT, KAFKA_NAMESPACE }), env)
}
