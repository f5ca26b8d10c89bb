import { messagingConfig } from '@swipestream/messaging'
import { loadConfig, serviceConfig } from '@swipestream/platform'
import { z } from 'zod'
import { readTableSettings, type TableSettings } from './table-settings.js'
import { warehouseConfig } from './warehouse-config.js'

const whole = (least: number, most: number) => z.coerce.number().int().min(least).max(most)

const sourceName = z
  .string()
  .regex(/^[a-zA-Z][a-zA-Z0-9_]*$/, { error: 'is not a letter followed by letters, digits and underscores' })
  .default('bank')
  .describe('what the names of the topics of its tables begin with')
const topicReplicas = whole(1, 9).default(1).describe('copies of topics that are made: 3 in production')

/** What extract needs of the environment. */
export const sourceConfig = {
  ETL_SOURCE_URL: z
    .url({ protocol: /^(mysql|mariadb)$/ })
    .describe('the database to read, e.g. mysql://user:password@host:3306/bank; the account needs SELECT, and PROCESS to see open transactions'),
  ETL_SOURCE_NAME: sourceName,
  ETL_TABLES: z
    .string()
    .default('*')
    .transform((text) => text.split(',').map((part) => part.trim()).filter(Boolean))
    .describe('the tables to read, separated by commas, * for any characters, ! before those to leave out; database.table for those of another database'),
  ETL_POLL_MS: z.coerce.number().int().min(10).max(3_600_000).default(500).describe('time between two looks for changed rows, in milliseconds'),
  ETL_SWEEP_SECONDS: z.coerce
    .number()
    .positive()
    .default(60)
    .describe('time between two searches for deleted rows, and for changed ones where no column tells of changes, in seconds'),
  ETL_OVERLAP_SECONDS: z.coerce
    .number()
    .min(0)
    .default(300)
    .describe('how late after its change a row may be committed, in seconds, where the account may not see open transactions'),
  ETL_CHUNK_ROWS: z.coerce.number().int().min(1).max(1_000_000).default(10_000).describe('rows that are read at once'),
  ETL_MAX_RECORD_BYTES: z.coerce
    .number()
    .int()
    .min(10_000)
    .max(100_000_000)
    .default(1_000_000)
    .describe('the largest row that goes to a topic, in bytes; a larger one goes to the quarantine. Topics are made for it'),
  ETL_TOPIC_PARTITIONS: z.coerce.number().int().min(1).max(1000).default(6).describe('partitions of topics that are made'),
  ETL_TOPIC_REPLICAS: topicReplicas,
  ETL_CONFIG: z.string().optional().describe('a JSON file with settings of single tables'),
}

export const extractConfig = z.object({ ...messagingConfig, ...sourceConfig })
export type ExtractConfig = Readonly<z.output<typeof extractConfig>>

const extractServiceConfig = z.object({ ...serviceConfig, ...messagingConfig, ...sourceConfig })
export type ExtractServiceConfig = Readonly<z.output<typeof extractServiceConfig>>

/** What transform must know of the source. */
export const transformConfig = {
  ETL_SOURCE_DATABASE: z.string().default('bank').describe("the database that the bank's tables are in: the second part of their topics' names"),
  ETL_SOURCE_NAME: sourceName,
  ETL_TOPIC_REPLICAS: topicReplicas,
}

export type TransformConfig = Readonly<z.output<z.ZodObject<typeof transformConfig>>>

const loadSchema = z.object({ ...messagingConfig, ...warehouseConfig })
export type LoadConfig = Readonly<z.output<typeof loadSchema>>

const loadServiceConfig = z.object({ ...serviceConfig, ...messagingConfig, ...warehouseConfig })
export type LoadServiceConfig = Readonly<z.output<typeof loadServiceConfig>>

/** Everything the environment says to the service that transforms. */
export const etlLoaderConfig = z.object({ ...serviceConfig, ...messagingConfig, ...transformConfig })
export type EtlLoaderConfig = Readonly<z.output<typeof etlLoaderConfig>>

/** The environment of this process: each command reads of it what it needs. */
export function environment(): NodeJS.ProcessEnv {
  return process.env
}

/** @throws CodedError CONFIG_INVALID naming each variable that is missing or wrong, and the fix */
export function readConfig(): EtlLoaderConfig {
  return loadConfig(etlLoaderConfig, process.env)
}

/**
 * @param given what goes before the environment, as a command's options do
 * @throws CodedError CONFIG_INVALID naming each variable that is missing or wrong, and the fix
 */
export function readExtractConfig(given: Readonly<Partial<Record<keyof typeof sourceConfig, string | undefined>>> = {}, env: NodeJS.ProcessEnv = process.env): ExtractConfig {
  const own = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  return loadConfig(extractConfig, { ...env, ...own })
}

/** What load needs of the environment. @throws CodedError CONFIG_INVALID */
export function loadConfiguration(env: NodeJS.ProcessEnv = process.env): LoadConfig {
  return loadConfig(loadSchema, env)
}

/** What the service that extracts needs of the environment. @throws CodedError CONFIG_INVALID */
export function readExtractServiceConfig(): ExtractServiceConfig {
  return loadConfig(extractServiceConfig, process.env)
}

/** The source that loaded tables are compared with; null where the environment names none. @throws CodedError CONFIG_INVALID; EtlError ETL_CONFIG_FILE_INVALID */
export function readComparedSource(env: NodeJS.ProcessEnv = process.env): { readonly config: ExtractConfig; readonly settings: ReadonlyMap<string, TableSettings> } | null {
  if (!env['ETL_SOURCE_URL']) return null
  const config = readExtractConfig({}, env)
  return { config, settings: readTableSettings(config.ETL_CONFIG) }
}

/** What the service that loads needs of the environment. @throws CodedError CONFIG_INVALID */
export function readLoadServiceConfig(): LoadServiceConfig {
  return loadConfig(loadServiceConfig, process.env)
}
