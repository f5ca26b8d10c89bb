import { snowflakeAddress, type WarehouseConfig } from '../warehouse-config.js'
import { DuckDBWarehouse } from './duckdb/duckdb-warehouse.js'
import type { Warehouse } from './warehouse.js'

/** The warehouse that the configuration names, not yet opened. */
export async function warehouseOf(config: WarehouseConfig): Promise<Warehouse> {
  const address = snowflakeAddress(config.ETL_WAREHOUSE)
  if (address === undefined) return new DuckDBWarehouse({ path: config.ETL_WAREHOUSE, memory: config.ETL_DUCKDB_MEMORY })
  // Its driver brings the clients of three clouds along: loaded where it is needed only.
  const [{ SnowflakeSession }, { SnowflakeWarehouse }] = await Promise.all([import('./snowflake/session.js'), import('./snowflake/snowflake-warehouse.js')])
  const { ETL_SNOWFLAKE_KEY_FILE: privateKeyFile, ETL_SNOWFLAKE_KEY_PASSPHRASE: privateKeyPassphrase } = config
  const options = { ...address, ...(privateKeyFile === undefined ? {} : { privateKeyFile }), ...(privateKeyPassphrase === undefined ? {} : { privateKeyPassphrase }) }
  return new SnowflakeWarehouse(new SnowflakeSession(options), new SnowflakeSession(options))
}
