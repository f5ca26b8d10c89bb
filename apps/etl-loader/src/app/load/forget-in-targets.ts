import { existsSync } from 'node:fs'
import { loadConfig } from '@swipestream/platform'
import { z } from 'zod'
import { EtlError } from '../../errors.js'
import { Lake } from '../../lake/lake.js'
import { warehouseOf } from '../../warehouse/open-warehouse.js'
import type { LoadTarget } from '../../warehouse/warehouse.js'
import { snowflakeAddress, warehouseConfig } from '../../warehouse-config.js'
import { forgetPerson, type Person, withKnownCards } from './forget-customer.js'

/** What became of a person in a warehouse or lake. */
export interface Emptied {
  /** Rows that were emptied; null when it was left to the loader. */
  readonly rows: number | null
  /** Why it was left to the loader; null when it was not. */
  readonly left: string | null
}

const leftToLoader = 'a loader has it open, and empties the rows when it reads the tombstones'
const notThere = 'it is not there (yet): a loader that makes it empties the rows when it reads the tombstones'

/** Empties what the environment's warehouse and lake have of a person, those that it names. @throws EtlError; CodedError CONFIG_INVALID */
export async function forgetInTargets(env: NodeJS.ProcessEnv, person: Person): Promise<{ warehouse?: Emptied; lake?: Emptied }> {
  const config = loadConfig(z.object(warehouseConfig), env)
  const done: { warehouse?: Emptied; lake?: Emptied } = {}
  if (env['ETL_WAREHOUSE']) {
    const isFile = snowflakeAddress(config.ETL_WAREHOUSE) === undefined
    const warehouse = await warehouseOf(config)
    done.warehouse = isFile && !existsSync(config.ETL_WAREHOUSE) ? { rows: null, left: notThere } : await emptied(warehouse, async () => forgetPerson(await withKnownCards(person, warehouse), warehouse))
  }
  if (config.ETL_LAKE_DIR !== undefined) {
    const lake = new Lake(config.ETL_LAKE_DIR)
    done.lake = existsSync(config.ETL_LAKE_DIR) ? await emptied(lake, () => forgetPerson(person, lake)) : { rows: null, left: notThere }
  }
  return done
}

async function emptied(target: LoadTarget, work: () => Promise<number>): Promise<Emptied> {
  try {
    return { rows: await work(), left: null }
  } catch (error) {
    if (error instanceof EtlError && (error.code === 'ETL_WAREHOUSE_LOCKED' || error.code === 'ETL_LAKE_LOCKED')) return { rows: null, left: leftToLoader }
    throw error
  } finally {
    await target.close()
  }
}
