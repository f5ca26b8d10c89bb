import { runMain, startService } from '@swipestream/platform'
import { readExtractServiceConfig } from './config.js'
import { ExtractModule, extractorName } from './extract.module.js'

await runMain(extractorName, async () => {
  const config = readExtractServiceConfig()
  await startService({ name: extractorName, module: ExtractModule.of(config), config })
})
