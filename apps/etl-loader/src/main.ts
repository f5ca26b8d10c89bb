import { KafkaStrategy } from '@swipestream/messaging'
import { runMain, startService } from '@swipestream/platform'
import { AppModule } from './app.module.js'
import { readConfig } from './config.js'

await runMain('etl-loader', async () => {
  const config = readConfig()
  await startService({ name: 'etl-loader', module: AppModule.of(config), config, strategy: (app) => app.get(KafkaStrategy) })
})
