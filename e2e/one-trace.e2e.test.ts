import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Play, startSystem, type System, tellStory } from '@swipestream/demo'
import { eventually } from '@swipestream/messaging/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type OtlpReceiver, otlpReceiver, type ReceivedSpan } from './otlp-receiver.js'

const hasMysql = Boolean(process.env['MYSQL_URL'])
const namespace = `trace${randomBytes(4).toString('hex')}.`
const [server, client, producer, consumer] = [2, 3, 4, 5]

let receiver: OtlpReceiver
let system: System

beforeAll(async () => {
  receiver = await otlpReceiver()
  const environment = { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url }
  system = await startSystem({ environment, namespace, onProgress: () => undefined, etl: hasMysql })
}, 300_000)
afterAll(async () => {
  await system?.stop()
  await receiver?.close()
})

/** What must be in the trace: a service's span, and the path of spans that it came by. */
const path = {
  request: ['transactions-api POST /v1/transactions'],
  toKafka: ['transactions-api send transactions_log'],
  judged: ['fraud-service process transactions_log'],
  told: ['fraud-service send fraud_alerts', 'notifier process fraud_alerts'],
}
const root = [...path.request, ...path.toKafka]
const expected: readonly (readonly [spans: readonly string[], kind: number | undefined])[] = [
  [path.request, server],
  [root, producer],
  [[...root, ...path.judged], consumer],
  [[...root, ...path.judged, 'fraud-service send fraud_decisions'], producer],
  [[...root, ...path.judged, 'fraud-service send fraud_decisions', 'transactions-api process fraud_decisions'], consumer],
  [[...root, ...path.judged, 'fraud-service send transactions_by_terminal', 'fraud-service process transactions_by_terminal'], consumer],
  [[...root, ...path.judged, ...path.told], consumer],
  [[...root, ...path.judged, ...path.told, 'notifier send email'], client],
  [[...root, ...path.judged, ...path.told, 'notifier send sms'], client],
  [[...root, ...path.judged, ...path.told, 'notifier send sms', 'notifier send notifications'], producer],
  ...(hasMysql ? [[[...root, 'etl-loader process transactions_log'], consumer] as const] : []),
]

it("a swipe is one trace, from the caller's request through every topic to the mail server and the SMS provider", async () => {
  const play = new Play(system)
  const { customers, cards, steps } = tellStory(Date.now(), system.secrets.tokenOf)
  await play.seed(customers, cards)
  const [berlin, singapore] = ['Berlin', 'Singapore'].map((city) => steps.find(({ title, customer_id }) => customer_id === 'story-anna' && title.includes(city)))
  if (!berlin || !singapore) throw new Error('the story has lost its heroine')
  await play.swipe(berlin)

  const [traceId, callerId] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')]
  const response = await fetch(`${system.services['transactions-api'].url}/v1/transactions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json', 'authorization': `Bearer ${system.secrets.apiKey}`, 'idempotency-key': singapore.id,
      'traceparent': `00-${traceId}-${callerId}-01`,
    },
    body: JSON.stringify(singapore.swipe),
  })
  expect(response.status, await response.text()).toBe(202)

  const spans = await eventually(() => {
    const found = receiver.spansOf(traceId)
    const paths = new Set(found.map((span) => pathOf(span, found, callerId)))
    return expected.every(([names]) => paths.has(names.join(' > '))) && !paths.has(undefined) ? found : undefined
  }, { timeoutMs: 60_000 }).catch(() => receiver.spansOf(traceId)) // what is missing is said below

  const kinds = new Map(spans.map((span) => [pathOf(span, spans, callerId), span.kind]))
  for (const [names, kind] of expected) expect(kinds).toContainEqual([names.join(' > '), kind])
  // No gaps: whose parent is none of these is the request, and its parent is the caller.
  const ids = new Set(spans.map(({ spanId }) => spanId))
  expect(spans.filter(({ parentId }) => !ids.has(parentId)).map(({ name, parentId }) => [name, parentId])).toEqual([['POST /v1/transactions', callerId]])
  // What comes of something does not begin before it. Clocks of one machine, which processes read in their own ways.
  const begun = new Map(spans.map(({ spanId, start }) => [spanId, start]))
  expect(spans.filter(({ parentId, start }) => start + 20_000_000n < (begun.get(parentId) ?? 0n))).toEqual([])

  const log = await readFile(system.services['transactions-api'].log, 'utf8')
  expect(log.split('\n').filter((line) => line.includes(`"trace_id":"${traceId}"`))).not.toEqual([])
})

/** The spans from the caller to this one, as `service name`; undefined while one of them is missing. */
function pathOf(span: ReceivedSpan, all: readonly ReceivedSpan[], callerId: string): string | undefined {
  const own = `${span.service} ${span.name.replace(namespace, '')}`
  if (span.parentId === callerId) return own
  const parent = all.find(({ spanId }) => spanId === span.parentId)
  const before = parent && pathOf(parent, all, callerId)
  return before && `${before} > ${own}`
}
