import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import { SwaggerModule } from '@nestjs/swagger'
import { describeApi } from './openapi.js'

/** The largest body taken, in bytes: a swipe is below 1 kB. */
export const bodyLimit = 65_536

/** What this service adds to Nest on Fastify: it takes JSON only, and describes itself at /docs and /docs/json. */
export function setUpHttp(app: NestFastifyApplication): void {
  SwaggerModule.setup('docs', app, () => SwaggerModule.createDocument(app, describeApi()), { jsonDocumentUrl: 'docs/json' })
  const fastify = app.getHttpAdapter().getInstance()
  // Nest's parser of forms and Fastify's of plain text would hand such bodies on; without them they get 415.
  fastify.addHook('onReady', (done) => {
    fastify.removeContentTypeParser(['application/x-www-form-urlencoded', 'text/plain'])
    done()
  })
}
