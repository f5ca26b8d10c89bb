import { createLogger, runMain } from '@swipestream/platform'
import { loadConfiguration } from '../../config.js'
import { DuckDBWarehouse } from '../../warehouse/duckdb/duckdb-warehouse.js'
import { load } from './start-load.js'

/** A loader in a process of its own, for the tests that kill it: loads until then, and tells of each batch. */
await runMain('loader', async () => {
  const config = loadConfiguration()
  const warehouse = new DuckDBWarehouse({ path: config.ETL_WAREHOUSE, memory: config.ETL_DUCKDB_MEMORY })
  await load({
    config,
    warehouse,
    logger: createLogger({ service: 'loader', level: 'debug' }),
    signal: new AbortController().signal,
  })
})
