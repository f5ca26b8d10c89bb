import { runMain, startService } from '@swipestream/platform'
import { readComparedSource, readLoadServiceConfig } from './config.js'
import { LoadModule, loaderName } from './load.module.js'

await runMain(loaderName, async () => {
  const config = readLoadServiceConfig()
  await startService({ name: loaderName, module: LoadModule.of(config, readComparedSource()), config })
})
