import { KafkaStrategy } from '@swipestream/messaging'
import { runMain, startService } from '@swipestream/platform'
import { readDetectConfig } from './config.js'
import { detectorName, DetectModule } from './detect.module.js'

await runMain(detectorName, async () => {
  const config = readDetectConfig()
  await startService({ name: detectorName, module: DetectModule.of(config), config, strategy: (app) => app.get(KafkaStrategy) })
})
