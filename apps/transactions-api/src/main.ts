import { KafkaStrategy } from '@swipestream/messaging'
import { runMain, startService } from '@swipestream/platform'
import { AppModule } from './app.module.js'
import { configFromEnvironment } from './config.js'
import { bodyLimit, setUpHttp } from './http/setup.js'

await runMain('transactions-api', async () => {
  const config = configFromEnvironment()
  await startService({
    name: 'transactions-api',
    module: AppModule.of(config),
    config,
    bodyLimit,
    strategy: (app) => app.get(KafkaStrategy),
    setup: setUpHttp,
  })
})
