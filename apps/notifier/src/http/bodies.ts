import type { Server } from 'node:http'
import { parse } from 'node:querystring'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import { Problem } from '@swipestream/platform'

/** A form's fields; one that is there several times has all its values. */
export type Form = Readonly<Record<string, string | readonly string[]>>

/** A body as it came: what a signature is over. */
export type ReceivedBody =
  | { readonly type: 'form'; readonly text: string; readonly form: Form }
  | { readonly type: 'json'; readonly text: string }

const formType = 'application/x-www-form-urlencoded'

/** Where Twilio and browsers post forms; elsewhere they get 415, as anything but JSON does. */
const routesOfForms = ['/v1/twilio/', '/v1/answers/']

const received = new WeakMap<object, ReceivedBody>()

/** What the request carried; undefined when that was nothing. */
export function bodyOf(request: object): ReceivedBody | undefined {
  return received.get(request)
}

/** Reads JSON and, on some routes, forms, and keeps both as they came. After `serveApi`, which does away with all parsers of forms. */
export function readBodies(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance()
  const parseJson = fastify.getDefaultJsonParser('error', 'error')
  app.useBodyParser<Server>('application/json', {}, (request, body, done) => {
    const text = body.toString()
    received.set(request, { type: 'json', text })
    void parseJson(request, text, done)
  })
  fastify.addHook('onReady', (done) => {
    fastify.addContentTypeParser(formType, { parseAs: 'string' }, (request, body, parsed) => {
      const { url = '' } = request.routeOptions
      if (!routesOfForms.some((route) => url.startsWith(route))) return parsed(notJson())
      const text = String(body)
      // Without a prototype: a field may have any name.
      const form = parse(text, '&', '=', { maxKeys: 0 }) as Form
      received.set(request, { type: 'form', text, form })
      parsed(null, form)
    })
    done()
  })
}

function notJson(): Problem {
  return new Problem({ status: 415, code: 'UNSUPPORTED_MEDIA_TYPE', detail: 'the content type is not one this endpoint takes; send application/json' })
}
