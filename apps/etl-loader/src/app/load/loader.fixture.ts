import { createLogger, runMain } from '@swipestream/platform'
import { loadConfiguration } from '../../config.js'
import { warehouseOf } from '../../warehouse/open-warehouse.js'
import { load } from './start-load.js'

/** A loader in a process of its own, for the tests that kill it: loads until then, and tells when a batch begins and when it is loaded. */
await runMain('loader', async () => {
  const config = loadConfiguration()
  await load({
    config,
    warehouse: await warehouseOf(config),
    logger: createLogger({ service: 'loader', level: 'debug' }),
    signal: new AbortController().signal,
  })
})
