import { loadConfig } from '@swipestream/platform'
import { z } from 'zod'
import { clusterConfig, type ClusterConfig as Cluster, type MessagingConfig, messagingConfig } from '../config.js'
import type { ConnectionConfig } from '../connection.js'

const { KAFKA_NAMESPACE, SCHEMA_REGISTRY_URL, SCHEMA_REGISTRY_USERNAME, SCHEMA_REGISTRY_PASSWORD } = messagingConfig
const cluster = { ...clusterConfig, KAFKA_NAMESPACE }

export type CommandConfig = Cluster & Pick<MessagingConfig, 'KAFKA_NAMESPACE'>

/** What a command needs of the environment that works on the cluster alone. @throws CodedError CONFIG_INVALID */
export function commandConfig(env: NodeJS.ProcessEnv = process.env): CommandConfig {
  return loadConfig(z.object(cluster), env)
}

/** What a command needs of the environment that only says what names there are. @throws CodedError CONFIG_INVALID */
export function namespaceConfig(env: NodeJS.ProcessEnv = process.env): Pick<MessagingConfig, 'KAFKA_NAMESPACE'> {
  return loadConfig(z.object({ KAFKA_NAMESPACE }), env)
}

/** What a program without Nest needs of the environment that also decodes and encodes. @throws CodedError CONFIG_INVALID */
export function connectionConfig(env: NodeJS.ProcessEnv = process.env): ConnectionConfig {
  return loadConfig(z.object({ ...cluster, SCHEMA_REGISTRY_URL, SCHEMA_REGISTRY_USERNAME, SCHEMA_REGISTRY_PASSWORD }), env)
}
