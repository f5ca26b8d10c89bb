import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type HttpSide, startHttpSide } from './http-side.js'

let http: HttpSide

beforeAll(async () => {
  http = await startHttpSide()
})
afterAll(() => http.stop())

describe("the notifier's OpenAPI document", () => {
  it('has the routes of Twilio and of answers, with all their answers', async () => {
    const { text } = await http.send('GET', '/docs/json')
    const { paths } = JSON.parse(text) as { paths: Record<string, Record<string, { responses: Record<string, unknown> }>> }
    const answers = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { responses }]) => `${method} ${path}: ${Object.keys(responses).join(' ')}`),
    )
    expect(answers.sort()).toEqual([
      'get /v1/answers/{token}: 200 404 410 503',
      'post /v1/answers/{token}: 200 404 409 410 422 503',
      'post /v1/twilio/inbound: 200 403 422 503',
      'post /v1/twilio/status: 204 403 422 503',
    ])
  })
})
