import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import { serveApi } from '@swipestream/platform'
import { takeBatchBodies } from './body-types.js'
import { transactionsApi } from './openapi.js'

/** The largest body taken, and the longest line of a batch, in bytes: a swipe is below 1 kB. */
export const bodyLimit = 65_536

/** What this service adds to Nest on Fastify: what bodies it takes, and its description at /docs and /docs/json. */
export function setUpHttp(app: NestFastifyApplication): void {
  serveApi(app, transactionsApi)
  takeBatchBodies(app)
}
