import { KafkaStrategy } from '@swipestream/messaging'
import { runMain, startService } from '@swipestream/platform'
import { AppModule } from './app.module.js'
import { readConfig } from './config.js'

await runMain('fraud-service', async () => {
  const config = readConfig()
  await startService({ name: 'fraud-service', module: AppModule.of(config), config, strategy: (app) => app.get(KafkaStrategy) })
})
