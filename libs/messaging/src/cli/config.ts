import { loadConfig } from '@swipestream/platform'
import { z } from 'zod'
import { type ClusterConfig, clusterConfig, type MessagingConfig, messagingConfig } from '../config.js'

export type TopicsConfig = ClusterConfig & Pick<MessagingConfig, 'KAFKA_NAMESPACE'>

/** What the topics command needs of the environment: the cluster, no registry. @throws CodedError CONFIG_INVALID */
export function topicsConfig(env: NodeJS.ProcessEnv = process.env): TopicsConfig {
  return loadConfig(z.object({ ...clusterConfig, KAFKA_NAMESPACE: messagingConfig.KAFKA_NAMESPACE }), env)
}
