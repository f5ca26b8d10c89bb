import { KafkaStrategy } from '@swipestream/messaging'
import { runMain, startService } from '@swipestream/platform'
import { readIndexConfig } from './config.js'
import { indexerName, IndexModule } from './index.module.js'

await runMain(indexerName, async () => {
  const config = readIndexConfig()
  await startService({ name: indexerName, module: IndexModule.of(config), config, strategy: (app) => app.get(KafkaStrategy) })
})
