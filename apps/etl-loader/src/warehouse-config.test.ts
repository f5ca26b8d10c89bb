import { describe, expect, test } from 'vitest'
import { defaultTopics } from './app/load/loaded-topic.js'
import { loadConfiguration } from './config.js'
import { snowflakeAddress } from './warehouse-config.js'

const required = { KAFKA_BROKERS: 'localhost:9092', SCHEMA_REGISTRY_URL: 'http://localhost:8081' }

describe('the configuration of load', () => {
  test('is a file of DuckDB and the business topics where nothing is said', () => {
    expect(loadConfiguration(required)).toMatchObject({ ETL_WAREHOUSE: 'warehouse.duckdb', ETL_LOAD_TOPICS: defaultTopics, ETL_BATCH_ROWS: 50_000 })
  })

  test('takes topics separated by commas, each once', () => {
    expect(loadConfiguration({ ...required, ETL_LOAD_TOPICS: 'a.b.c, customers,,a.b.c' }).ETL_LOAD_TOPICS).toEqual(['a.b.c', 'customers'])
    expect(loadConfiguration({ ...required, ETL_LOAD_TOPICS: 'a.b.c, business' }).ETL_LOAD_TOPICS).toEqual(['a.b.c', ...defaultTopics])
  })

  test.each([['ETL_WAREHOUSE', 'snowflake://account/DB'], ['ETL_BATCH_ROWS', '0'], ['ETL_DUCKDB_MEMORY', 'much']])('is refused with a wrong %s, by its name', (name, value) => {
    expect(() => loadConfiguration({ ...required, [name]: value })).toThrow(name)
  })

  test('names the parts of an address of Snowflake', () => {
    expect(snowflakeAddress('snowflake://LOADER@org-acc/BANK?warehouse=WH&role=ETL')).toEqual({ username: 'LOADER', account: 'org-acc', database: 'BANK', warehouse: 'WH', role: 'ETL' })
    expect(snowflakeAddress('warehouse.duckdb')).toBeUndefined()
  })
})
