import { z } from 'zod'
import { defaultTopics } from './app/load/loaded-topic.js'

const whole = (least: number, most: number) => z.coerce.number().int().min(least).max(most)

/** The parts of `snowflake://USER@ACCOUNT/DATABASE?warehouse=NAME&role=NAME`; undefined when one that must be there is not. */
export function snowflakeAddress(text: string): SnowflakeAddress | undefined {
  const [, user, account, database, query = ''] = /^snowflake:\/\/([^@/?]+)@([\w.-]+)\/([^/?]+)(?:\?(.*))?$/.exec(text) ?? []
  if (user === undefined || account === undefined || database === undefined) return undefined
  const { warehouse, role } = Object.fromEntries(new URLSearchParams(query))
  return { username: decodeURIComponent(user), account, database: decodeURIComponent(database), ...(warehouse === undefined ? {} : { warehouse }), ...(role === undefined ? {} : { role }) }
}

export interface SnowflakeAddress {
  readonly username: string
  readonly account: string
  readonly database: string
  readonly warehouse?: string
  readonly role?: string
}

/** What load reads of the environment. */
export const warehouseConfig = {
  ETL_BATCH_MIB: whole(1, 1_024).default(32).describe('how much the records of a batch may be together, in MiB'),
  ETL_BATCH_MS: whole(10, 3_600_000).default(1_000).describe('how long rows wait for others of their batch, in milliseconds'),
  ETL_BATCH_ROWS: whole(1, 1_000_000).default(50_000).describe('how many records a batch has at most'),
  ETL_DUCKDB_MEMORY: z
    .string()
    .regex(/^\d+(MB|GB)$/)
    .default('1GB')
    .describe('how much memory DuckDB takes at most for the warehouse, and as much for the lake, such as 512MB or 2GB'),
  ETL_LAKE_DIR: z.string().optional().describe('the folder of the lake; no lake is written without it'),
  ETL_LAKE_MS: whole(10, 3_600_000).default(60_000).describe('how long records wait until they are files of the lake, in milliseconds'),
  ETL_LOAD_TOPICS: z
    .string()
    .default('business')
    .transform((text) => [...new Set(text.split(',').flatMap((part) => (part.trim() === 'business' ? defaultTopics : [part.trim()])).filter(Boolean))])
    .describe('the topics that are loaded, separated by commas: business stands for all that analysts ask about; those of source tables are <source>.<database>.<table>'),
  ETL_RECONCILE_GRACE_SECONDS: whole(0, 86_400).default(180).describe('how long a row must differ in the same way until that counts, in seconds: longer than extract and load take, sweeps included'),
  ETL_RECONCILE_SECONDS: whole(1, 86_400).default(600).describe('time between two comparisons of source, topics and warehouse, in seconds'),
  ETL_SNOWFLAKE_KEY_FILE: z.string().optional().describe("the private key of Snowflake's user, PKCS #8 in PEM"),
  ETL_SNOWFLAKE_KEY_PASSPHRASE: z.string().optional().describe('the passphrase of that key, where it has one'),
  ETL_WAREHOUSE: z
    .string()
    .refine((text) => !text.startsWith('snowflake:') || snowflakeAddress(text) !== undefined, 'is not valid')
    .default('warehouse.duckdb')
    .describe("the warehouse: the path of DuckDB's file, or snowflake://USER@ACCOUNT/DATABASE?warehouse=NAME&role=NAME"),
}

export type WarehouseConfig = Readonly<z.output<z.ZodObject<typeof warehouseConfig>>>
