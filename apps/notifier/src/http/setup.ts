import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import { serveApi } from '@swipestream/platform'
import { readBodies } from './bodies.js'
import { notifierApi } from './openapi.js'

/** The largest body taken, in bytes: an SMS as Twilio posts it is below 10 kB. */
export const bodyLimit = 65_536

/** What this service adds to Nest on Fastify: forms where browsers and Twilio send them, and its description at /docs and /docs/json. */
export function setUpHttp(app: NestFastifyApplication): void {
  serveApi(app, notifierApi)
  readBodies(app)
}
