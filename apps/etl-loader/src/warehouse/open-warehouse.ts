import { existsSync } from 'node:fs'
import { EtlError } from '../errors.js'
import { snowflakeAddress, type WarehouseConfig } from '../warehouse-config.js'
import { DuckDBWarehouse } from './duckdb/duckdb-warehouse.js'
import type { Warehouse } from './warehouse.js'

/**
 * The same for whoever only reads: what is not there is not made.
 *
 * @throws EtlError ETL_WAREHOUSE_UNAVAILABLE where DuckDB's file is not there
 */
export async function warehouseToRead(config: WarehouseConfig): Promise<Warehouse> {
  const path = config.ETL_WAREHOUSE
  if (snowflakeAddress(path) !== undefined) return warehouseOf(config)
  if (!existsSync(path)) throw new EtlError('ETL_WAREHOUSE_UNAVAILABLE', `there is no file ${path}: nothing was loaded, or ETL_WAREHOUSE names another`)
  return new DuckDBWarehouse({ path, memory: config.ETL_DUCKDB_MEMORY, readOnly: true })
}

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
