import { OpenApiUnderTest } from '@swipestream/platform/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type HttpSide, startHttpSide } from './http-side.js'

let http: HttpSide

beforeAll(async () => {
  http = await startHttpSide()
})
afterAll(() => http.stop())

describe("the notifier's OpenAPI document", () => {
  it('has the routes of Twilio and of answers, with all their answers', async () => {
    const api = new OpenApiUnderTest(JSON.parse((await http.send('GET', '/docs/json')).text))
    expect(api.routes().sort()).toEqual([
      'get /v1/answers/{token}: 200 404 410 503',
      'post /v1/answers/{token}: 200 404 409 410 422 503',
      'post /v1/twilio/inbound: 200 403 422 503',
      'post /v1/twilio/status: 204 403 422 503',
    ])
    // A person gets a page.
    expect(api.wrongErrors().map((line) => line.replace(/: is no problem\+json$/, ''))).toEqual([
      'get /v1/answers/{token} 404', 'get /v1/answers/{token} 410',
      'post /v1/answers/{token} 404', 'post /v1/answers/{token} 409', 'post /v1/answers/{token} 410', 'post /v1/answers/{token} 422',
    ])
  })
})
