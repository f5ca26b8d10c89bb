import { readFileSync } from 'node:fs'
import { messagingConfig } from '@swipestream/messaging'
import { loadConfig, toError } from '@swipestream/platform'
import { z } from 'zod'
import { EtlError } from './errors.js'

const names = z.array(z.string().min(1)).min(1)

/** What can be said of one table. Each setting has a value that is right for most. */
const tableSettings = z.strictObject({
  key: names.optional().describe('columns that tell rows apart, for a table without a primary key'),
  exclude: names.optional().describe('columns that are not read'),
  changeColumn: z.string().nullable().optional().describe('datetime or timestamp of the last change of a row; null: look for changes by checksums'),
  softDelete: z.string().optional().describe('column that is neither null nor 0 in a row that counts as deleted'),
  deletes: z.enum(['soft', 'sweep', 'none']).optional().describe('how deleted rows are found'),
  chunkRows: z.int().min(1).max(1_000_000).optional().describe('rows that are read at once'),
  sweepSeconds: z.number().positive().optional().describe('time between two searches for deleted rows, or for changed ones where there is no change column'),
  overlapSeconds: z.number().min(0).optional().describe('how late a row may be committed, or how far clocks may be apart, where the server does not tell'),
})

const configFile = z.strictObject({ tables: z.record(z.string(), tableSettings).default({}) })

export type TableSettings = z.output<typeof tableSettings>

/** What extract needs of the environment. */
export const sourceConfig = {
  ETL_SOURCE_URL: z
    .url({ protocol: /^(mysql|mariadb)$/ })
    .describe('the database to read, e.g. mysql://user:password@host:3306/bank; the account needs SELECT, and PROCESS to see open transactions'),
  ETL_SOURCE_NAME: z
    .string()
    .regex(/^[a-zA-Z][a-zA-Z0-9_]*$/, { error: 'is not a letter followed by letters, digits and underscores' })
    .default('bank')
    .describe('what the names of the topics of its tables begin with'),
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
  ETL_TOPIC_REPLICAS: z.coerce.number().int().min(1).max(9).default(1).describe('copies of topics that are made: 3 in production'),
  ETL_CONFIG: z.string().optional().describe('a JSON file with settings of single tables'),
}

export const extractConfig = z.object({ ...messagingConfig, ...sourceConfig })
export type ExtractConfig = Readonly<z.output<typeof extractConfig>>

/**
 * @param given what goes before the environment, as a command's options do
 * @throws CodedError CONFIG_INVALID naming each variable that is missing or wrong, and the fix
 */
export function readExtractConfig(given: Readonly<Partial<Record<keyof typeof sourceConfig, string | undefined>>> = {}, env: NodeJS.ProcessEnv = process.env): ExtractConfig {
  const own = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  return loadConfig(extractConfig, { ...env, ...own })
}

/** Settings by name of table. @throws EtlError ETL_CONFIG_FILE_INVALID */
export function readTableSettings(file: string | undefined): ReadonlyMap<string, TableSettings> {
  if (file === undefined) return new Map()
  let said: unknown
  try {
    said = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new EtlError('ETL_CONFIG_FILE_INVALID', `${file} (ETL_CONFIG) is not a file of JSON that can be read: ${toError(cause).message}`, { cause })
  }
  const parsed = configFile.safeParse(said)
  if (parsed.success) return new Map(Object.entries(parsed.data.tables))
  throw new EtlError('ETL_CONFIG_FILE_INVALID', `${file} (ETL_CONFIG) is not valid:\n${z.prettifyError(parsed.error)}`)
}
