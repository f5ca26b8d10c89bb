import { connectionConfig, type ConnectionConfig, messagingConfig } from '@swipestream/messaging'
import { loadConfig, serviceConfig } from '@swipestream/platform'
import { z } from 'zod'
import { isNamespace } from './domain/index-template/data-stream.js'
import { type Zone, zoneOf } from './domain/parse/zone.js'
import type { LogIndexOptions } from './elasticsearch/log-index.js'
import { shipConfig, type ShipConfig } from './ship-config.js'

/** What the shipper reads of its environment. */
export const shipServiceConfig = z.object({
  ...serviceConfig,
  ...messagingConfig,
  ...shipConfig,
})

export type ShipServiceConfig = Readonly<z.output<typeof shipServiceConfig>>

const list = z
  .string()
  .default('')
  .transform((text) => text.split(',').map((part) => part.trim()).filter(Boolean))

/** How entries are read: for whoever parses them. */
const parseConfig = {
  LOG_TIMEZONE: z
    .string()
    .default('UTC')
    .transform((name, context) => {
      const zone = zoneOf(name)
      if (zone !== undefined) return zone
      context.addIssue({ code: 'custom', message: 'is no time zone' })
      return z.NEVER
    })
    .describe('the zone of logged times that have none: an IANA name such as Europe/Berlin, or an offset such as +01:00'),
}

/** Where documents go, and how they are kept. */
const logIndexConfig = {
  ELASTICSEARCH_API_KEY: z.string().optional().describe('an API key of Elasticsearch, base64 as it gives it; leave it out where none is needed'),
  ELASTICSEARCH_URL: z.url({ protocol: /^https?$/ }).describe('Elasticsearch, e.g. http://127.0.0.1:9200; user:password@ goes before the host'),
  LOG_INDEX_NAMESPACE: z.string().default('default').refine(isNamespace, 'is not one').describe('the last part of the names of data streams: lower case, digits, _ and .'),
  LOG_INDEX_REPLICAS: z.coerce.number().int().min(0).max(10).default(1).describe('copies of each shard beside the first; 0 on a single node'),
  LOG_INDEX_RETENTION_DAYS: z.coerce.number().int().min(1).max(36_500).default(30).describe('how many days documents are kept, where Elasticsearch has lifecycle management'),
}

/** What the indexer reads of its environment. */
export const indexConfigSchema = z.object({
  ...serviceConfig,
  ...messagingConfig,
  ...parseConfig,
  ...logIndexConfig,
  GEOIP_DATABASES: list.describe('files of GeoIP databases (.mmdb), separated by commas; leave it out to locate no addresses'),
})

/** What failure detection reads of its environment. */
export const detectConfigSchema = z.object({
  ...serviceConfig,
  ...messagingConfig,
  ...parseConfig,
  LOG_DETECT_STATE_FILE: z.string().optional().describe('a file in which what is usual is kept over restarts; leave it out to learn it anew after each'),
})

export type DetectConfig = Readonly<z.output<typeof detectConfigSchema>>

export type IndexConfig = Readonly<z.output<typeof indexConfigSchema>>

/** @throws CodedError CONFIG_INVALID naming each variable that is missing or wrong, and the fix */
export function readShipConfig(): ShipServiceConfig {
  return loadConfig(shipServiceConfig, process.env)
}

/** The environment of this process: each command reads of it what it needs. */
export function environment(): NodeJS.ProcessEnv {
  return process.env
}

/** What `logs ship` needs. @throws CodedError CONFIG_INVALID */
export function shipCommandConfig(env: NodeJS.ProcessEnv): { readonly connection: ConnectionConfig; readonly ship: ShipConfig } {
  return { connection: connectionConfig(env), ship: shipFilesConfig(env) }
}

/** What `logs tail` needs. @throws CodedError CONFIG_INVALID */
export function tailCommandConfig(env: NodeJS.ProcessEnv): { readonly connection: ConnectionConfig; readonly zone: Zone } {
  return { connection: connectionConfig(env), zone: loadConfig(z.object(parseConfig), env).LOG_TIMEZONE }
}

/** What `logs templates` needs. @throws CodedError CONFIG_INVALID */
export function templatesCommandConfig(env: NodeJS.ProcessEnv): LogIndexOptions {
  return logIndexOptions(loadConfig(z.object(logIndexConfig), env))
}

export function logIndexOptions(config: Pick<IndexConfig, keyof typeof logIndexConfig>): LogIndexOptions {
  return {
    url: config.ELASTICSEARCH_URL,
    apiKey: config.ELASTICSEARCH_API_KEY,
    namespace: config.LOG_INDEX_NAMESPACE,
    replicas: config.LOG_INDEX_REPLICAS,
    retentionDays: config.LOG_INDEX_RETENTION_DAYS,
  }
}

/** What of it is about files. @throws CodedError CONFIG_INVALID */
export function shipFilesConfig(env: NodeJS.ProcessEnv): ShipConfig {
  return loadConfig(z.object(shipConfig), env)
}

/** @throws CodedError CONFIG_INVALID */
export function readIndexConfig(env: NodeJS.ProcessEnv = process.env): IndexConfig {
  return loadConfig(indexConfigSchema, env)
}

/** @throws CodedError CONFIG_INVALID */
export function readDetectConfig(env: NodeJS.ProcessEnv = process.env): DetectConfig {
  return loadConfig(detectConfigSchema, env)
}
