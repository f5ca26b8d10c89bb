import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { readExtractConfig } from './config.js'
import { readTableSettings } from './table-settings.js'

const env = { KAFKA_BROKERS: 'localhost:9092', SCHEMA_REGISTRY_URL: 'http://localhost:8081', ETL_SOURCE_URL: 'mysql://user:secret@localhost/bank' }

describe('the configuration of extract', () => {
  test('needs a source, and has what is right for most', () => {
    expect(readExtractConfig({}, env)).toMatchObject({ ETL_SOURCE_NAME: 'bank', ETL_TABLES: ['*'], ETL_POLL_MS: 500, ETL_CHUNK_ROWS: 10_000 })
    expect(() => readExtractConfig({}, { ...env, ETL_SOURCE_URL: undefined })).toThrow(/ETL_SOURCE_URL is missing: .*PROCESS/)
  })

  test('takes a list of tables, and what a command says before the environment', () => {
    expect(readExtractConfig({ ETL_TABLES: 'a, b*', ETL_SOURCE_NAME: undefined }, { ...env, ETL_TABLES: 'c', ETL_SOURCE_NAME: 'core' })).toMatchObject({ ETL_TABLES: ['a', 'b*'], ETL_SOURCE_NAME: 'core' })
  })

  test('refuses names that topics cannot have', () => {
    expect(() => readExtractConfig({}, { ...env, ETL_SOURCE_NAME: 'a.b' })).toThrow(/ETL_SOURCE_NAME has the wrong form/)
  })
})

describe('the settings of single tables', () => {
  const folder = mkdtempSync(join(tmpdir(), 'etl-config-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const written = (text: string): string => {
    const file = join(folder, 'etl.json')
    writeFileSync(file, text)
    return file
  }

  test('are there by name of table', () => {
    expect(readTableSettings(undefined).size).toBe(0)
    expect(readTableSettings(written('{"tables": {"customers": {"softDelete": "deleted_at", "changeColumn": null}}}')).get('customers')).toEqual({ softDelete: 'deleted_at', changeColumn: null })
  })

  test.each<[string, string, RegExp]>([
    ['that are no JSON', '{', /is not a file of JSON/],
    ['of an unknown name', '{"tables": {"t": {"sofDelete": "x"}}}', /sofDelete/],
    ['of a wrong type', '{"tables": {"t": {"chunkRows": 0}}}', /tables\.t\.chunkRows/],
  ])('%s are refused with what is wrong', (_, text, words) => {
    expect(() => readTableSettings(written(text))).toThrow(expect.objectContaining({ code: 'ETL_CONFIG_FILE_INVALID', message: expect.stringMatching(words) as string }))
  })
})
