import { runMain, startService } from '@swipestream/platform'
import { AppModule } from './app.module.js'
import { configFromEnvironment } from './config.js'

await runMain('log-shipper', async () => {
  const config = configFromEnvironment()
  await startService({ name: 'log-shipper', module: AppModule.of(config), config })
})
