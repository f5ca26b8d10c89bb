import { readFileSync } from 'node:fs'
import { toError } from '@swipestream/platform'
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

/** What is said of a table: by its name with the database, or without. */
export function settingsOf(settings: ReadonlyMap<string, TableSettings>, { database, name }: { readonly database: string; readonly name: string }): TableSettings {
  return settings.get(`${database}.${name}`) ?? settings.get(name) ?? {}
}
