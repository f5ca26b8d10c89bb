import { KafkaStrategy } from '@swipestream/messaging'
import { runMain, startService } from '@swipestream/platform'
import { AppModule } from './app.module.js'
import { configFromEnvironment } from './config.js'
import { bodyLimit, setUpHttp } from './http/setup.js'

await runMain('notifier', async () => {
  const config = configFromEnvironment()
  await startService({ name: 'notifier', module: AppModule.of(config), config, bodyLimit, strategy: (app) => app.get(KafkaStrategy), setup: setUpHttp })
})
