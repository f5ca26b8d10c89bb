import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import { serveApi } from '@swipestream/platform'
import { rulesApi } from './openapi.js'

/** The largest body taken, in bytes: the greatest draft, four tables of 300 words, is below 64 kB. */
export const bodyLimit = 65_536

/** What the rules' API adds to Nest on Fastify: it takes JSON only, and describes itself at /docs and /docs/json. */
export function setUpHttp(app: NestFastifyApplication): void {
  serveApi(app, rulesApi)
}
