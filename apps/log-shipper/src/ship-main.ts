import { runMain, startService } from '@swipestream/platform'
import { ShipModule } from './ship.module.js'
import { readShipConfig } from './config.js'

await runMain('log-shipper', async () => {
  const config = readShipConfig()
  await startService({ name: 'log-shipper', module: ShipModule.of(config), config })
})
