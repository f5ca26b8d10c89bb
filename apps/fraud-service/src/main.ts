import { KafkaStrategy } from '@swipestream/messaging'
import { runMain, startService } from '@swipestream/platform'
import { AppModule } from './app.module.js'
import { readConfig } from './config.js'
import { bodyLimit, setUpHttp } from './http/setup.js'
import { loadModel } from './model/load-model.js'

await runMain('fraud-service', async () => {
  const config = readConfig()
  const model = config.FRAUD_MODEL_DIR === undefined ? null : await loadModel(config.FRAUD_MODEL_DIR)
  await startService({
    name: 'fraud-service',
    module: AppModule.of(config, model),
    config,
    bodyLimit,
    strategy: (app) => app.get(KafkaStrategy),
    // Without keys there is no API to describe.
    ...(config.RULES_API_KEYS === undefined ? {} : { setup: setUpHttp }),
  })
})
