/**
 * Posts swipes that must raise an alert to one API after the other, at a steady rate, and says how long it took from the
 * call until a reader of committed records had the alert. The same for both chains.
 */
import { randomUUID } from 'node:crypto'
import { Agent, request } from 'node:http'
import { kafkaClient, type KafkaRecord } from '@swipestream/messaging'
import { cardNumbers } from '../../accept/card-numbers.js'
import { tell, whenAsked } from '../../child.js'
import { pace } from '../pace.js'
import type { SwipeWindow } from '../swipe.js'
import { UnderWay } from '../under-way.js'
import type { Measured } from '../windows.js'
import { followFromNow, alertOf } from './follow-alerts.js'


const { BENCH_PLAN = '[]', KAFKA_BROKERS = '' } = process.env
const plan = JSON.parse(BENCH_PLAN) as readonly SwipeWindow[]
const client = kafkaClient({ KAFKA_BROKERS: KAFKA_BROKERS.split(','), KAFKA_CLIENT: 'platformatic' }, 'bench-swipes')
const agent = new Agent({ keepAlive: true, maxSockets: 128 })
const run = randomUUID()
const cards = cardNumbers(5_000)
let sequence = 0

const chains = new Map<string, { readonly underWay: UnderWay; readonly following: Awaited<ReturnType<typeof followFromNow>> }>()
whenAsked(async () => {
  for (const { following } of chains.values()) await following.close()
})
for (const { topic, alerts } of plan) {
  if (chains.has(topic)) continue
  const underWay = new UnderWay()
  const idOf = alerts ? (record: KafkaRecord) => alertOf(record)?.merchant_name ?? '' : ({ key }: KafkaRecord) => key?.toString() ?? ''
  chains.set(topic, { underWay, following: await followFromNow(client, topic, (record) => underWay.ended(idOf(record), performance.now())) })
}
tell('started')
for (const window of plan) tell(await measured(window))

async function measured(window: SwipeWindow): Promise<Measured> {
  const { underWay } = chains.get(window.topic) as NonNullable<ReturnType<typeof chains.get>>
  const send = (counts: boolean) => (count: number): void => {
    for (let i = 0; i < count; i++) {
      const id = `${run}-${++sequence}`
      underWay.sent(id, counts)
      underWay.begun(id, performance.now())
      post(window, id).catch((error: unknown) => {
        console.error(error)
        process.exit(1)
      })
    }
  }
  await pace(window.perSecond, window.settleSeconds, send(false))
  const reached = await pace(window.perSecond, window.seconds, send(true))
  return { name: window.name, perSecond: reached, ...(await underWay.taken()) }
}

/** Resolves when the answer was read. @throws Error for another than 202 */
function post({ port, apiKey }: SwipeWindow, id: string): Promise<void> {
  const body = swipe(id)
  return new Promise((resolve, reject) => {
    const posted = request(
      {
        host: '127.0.0.1', port, agent, method: 'POST', path: '/v1/transactions',
        headers: { 'authorization': `Bearer ${apiKey}`, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), 'idempotency-key': id },
      },
      (response) => {
        response.resume()
        response.on('end', () => (response.statusCode === 202 ? resolve() : reject(new Error(`the answer was ${response.statusCode}`))))
        response.on('error', reject)
      },
    )
    posted.on('error', reject)
    posted.end(body)
  })
}

/** Above every limit. The merchant's name is the id: an alert tells it. */
function swipe(id: string): string {
  return JSON.stringify({
    card_number: cards[sequence % cards.length],
    amount_minor: 150_000,
    currency: 'EUR',
    merchant_id: `M-${20_000 + (sequence % 500)}`,
    merchant_name: id,
    merchant_category: '5812',
    terminal_id: `T-${sequence % 700}`,
    entry_mode: 'chip',
    place: { latitude: 48.2104, longitude: 16.3655 },
    country: 'AT',
    occurred_at: new Date().toISOString(),
  })
}
