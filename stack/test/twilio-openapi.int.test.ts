import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import twilio from 'twilio'
import { beforeAll, describe, expect, it } from 'vitest'
import { account, Redirected } from './twilio-account.js'

const data = process.env.SWIPESTREAM_DATA ?? fileURLToPath(new URL('../../../shared/data', import.meta.url))
const file = join(data, 'twilio', 'twilio_api_v2010.json')
const missing = !existsSync(file)
if (missing) console.log(`skipped: no Twilio OpenAPI document at ${file} (set SWIPESTREAM_DATA to the directory that has twilio/)`)

/** The parts of the document we look at by name. */
interface Document {
  paths: Record<string, Record<'get' | 'post', { parameters: { name: string; in: string; schema: object }[] }>>
  components: { schemas: Record<string, { properties: object }> }
}

const LIST = '/2010-04-01/Accounts/{AccountSid}/Messages.json'
const ONE = '/2010-04-01/Accounts/{AccountSid}/Messages/{Sid}.json'
const FORM = 'requestBody/content/application~1x-www-form-urlencoded/schema'
const answerOf = (status: number): string => `responses/${status}/content/application~1json/schema`

describe.skipIf(missing)("Twilio's own OpenAPI document", () => {
  const { sid, token, from, url } = account()
  const http = new Redirected(url)
  const client = twilio(sid, token, { httpClient: http })
  const to = `+43676${String(Date.now()).slice(-9)}`
  let document: Document
  let ajv: Ajv

  beforeAll(() => {
    document = JSON.parse(readFileSync(file, 'utf8')) as Document
    // The document has keywords and formats of its own; `uri` are paths in its own examples.
    ajv = new Ajv({ strict: false, allErrors: true, coerceTypes: false })
    addFormats.default(ajv)
    ajv.addFormat('uri', /^(\/|https?:\/\/)\S*$/)
    ajv.addFormat('phone-number', /^\+?[\w:+-]+$/)
    ajv.addFormat('currency', /^[A-Za-z]{3}$/)
    ajv.addFormat('uri-map', true)
    ajv.addFormat('date-time-rfc-2822', /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} \+0000$/)
    ajv.addSchema(document, 'twilio')
  })

  /** What is wrong with a value by the schema at a place of an operation; empty when nothing is. */
  function faults(path: string, method: string, place: string, value: unknown): unknown[] {
    const pointer = `paths/${path.replaceAll('~', '~0').replaceAll('/', '~1')}/${method}/${place}`
    const validate = ajv.compile({ $ref: `twilio#/${encodeURI(pointer)}` })
    validate(value)
    return validate.errors ?? []
  }
  const messageProperties = (): string[] => Object.keys(document.components.schemas['api.v2010.account.message']!.properties).sort()

  it('can tell right from wrong', () => {
    expect(faults(LIST, 'post', FORM, { Body: 'x' })).toContainEqual(expect.objectContaining({ keyword: 'required' }))
    expect(faults(LIST, 'post', answerOf(201), { status: 'flying' })).toContainEqual(expect.objectContaining({ keyword: 'enum' }))
    expect(faults(ONE, 'get', answerOf(200), { date_sent: '2026-01-01T00:00:00Z' })).toContainEqual(expect.objectContaining({ keyword: 'format' }))
  })

  it('describes the request to send, and the answer: 201 with a message', async () => {
    await client.messages.create({ to, from, body: 'Hello', statusCallback: 'http://127.0.0.1:9/status', mediaUrl: ['https://example.com/a.png'] })
    await client.messages.create({ to, from, body: 'Hello' })
    const request = http.requests.at(-1)!
    const answer = http.answers.at(-1)!
    expect(request.uri).toBe(`https://api.twilio.com${LIST.replace('{AccountSid}', sid)}`)
    for (const sent of http.requests) expect(faults(LIST, 'post', FORM, sent.data)).toEqual([])
    expect(answer.statusCode).toBe(201)
    expect(faults(LIST, 'post', answerOf(201), answer.body)).toEqual([])
    expect(Object.keys(answer.body as object).sort()).toEqual(messageProperties())
  })

  it('describes a message at every step to its delivery', async () => {
    const sent = await client.messages.create({ to, from, body: 'Hello' })
    const statuses = new Set<string>()
    await expect
      .poll(
        async () => {
          const { status } = await client.messages(sent.sid).fetch()
          statuses.add(status)
          const answer = http.answers.at(-1)!
          expect(answer.statusCode).toBe(200)
          expect(faults(ONE, 'get', answerOf(200), answer.body)).toEqual([])
          expect(Object.keys(answer.body as object).sort()).toEqual(messageProperties())
          return status
        },
        { interval: 20, timeout: 10_000 },
      )
      .toBe('delivered')
    expect(statuses.size).toBeGreaterThan(1)
  })

  it('describes a list, its pages and the parameters that ask for it', async () => {
    for (const body of ['1', '2', '3']) await client.messages.create({ to: `${to}2`, from, body })
    const first = http.requests.length
    await client.messages.list({ to: `${to}2`, from, pageSize: 2, dateSentAfter: new Date('2020-01-01') })
    const known = Object.fromEntries(document.paths[LIST]!.get.parameters.map(({ name, schema }) => [name, schema]))
    for (const [index, request] of http.requests.entries()) {
      if (index < first) continue
      const asked = request.params ?? Object.fromEntries(new URL(request.uri).searchParams)
      for (const name of Object.keys(asked)) expect(Object.keys(known)).toContain(name)
      const answer = http.answers[index]!
      expect(answer.statusCode).toBe(200)
      expect(faults(LIST, 'get', answerOf(200), answer.body)).toEqual([])
      expect(Object.keys(answer.body as object).sort()).toEqual(
        ['end', 'first_page_uri', 'messages', 'next_page_uri', 'page', 'page_size', 'previous_page_uri', 'start', 'uri'],
      )
    }
  })
})
