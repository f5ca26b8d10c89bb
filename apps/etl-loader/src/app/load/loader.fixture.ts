import { createLogger, runMain } from '@swipestream/platform'
import { loadConfiguration } from '../../config.js'
import { DuckDBWarehouse } from '../../warehouse/duckdb/duckdb-warehouse.js'
import { load } from './start-load.js'

/** A loader in a process of its own, for the tests that kill it. Loads until it is killed. */
await runMain('loader', async () => {
  const config = loadConfiguration()
  await load({
    config,
    warehouse: new DuckDBWarehouse({ path: config.ETL_WAREHOUSE, memory: config.ETL_DUCKDB_MEMORY }),
    logger: createLogger({ service: 'loader', level: 'info' }),
    signal: new AbortController().signal,
  })
})
