import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import { serveApi } from '@swipestream/platform'
import { transactionsApi } from './openapi.js'

/** The largest body taken, in bytes: a swipe is below 1 kB. */
export const bodyLimit = 65_536

/** What this service adds to Nest on Fastify: it takes JSON only, and describes itself at /docs and /docs/json. */
export function setUpHttp(app: NestFastifyApplication): void {
  serveApi(app, transactionsApi)
}
