/**
 * The probe of hop latency: writes records to one topic at a steady rate, reads what comes of them on another, and says how
 * long each was under way. The same for every hop.
 */
import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { Consumer, MessagesStreamModes, ProduceAcks, Producer } from '@platformatic/kafka'
import { encoder, transactionsLog, uuidv7 } from '@swipestream/contracts'
import { tell, whenAsked } from '../../child.js'
import type { HopMeasured } from '../hop.js'
import { judgedLog } from '../topics.js'
import { transactionOf } from '../transaction.js'

const env = process.env
const brokers = (env['KAFKA_BROKERS'] ?? '').split(',')
const namespace = env['KAFKA_NAMESPACE'] ?? ''
const schemaId = Number(env['BENCH_SCHEMA_ID'])
const perSecond = Number(env['BENCH_RATE'])
/** Before what is measured, so long that both sides are compiled and joined. In seconds. */
const warmUpSeconds = Number(env['BENCH_WARM_UP'])
const seconds = Number(env['BENCH_SECONDS'])

const encode = encoder(transactionsLog.schema)
const base = { clientId: 'bench-probe', bootstrapBrokers: brokers }
const producer = new Producer(base)
const consumer = new Consumer({ ...base, groupId: `${namespace}probe` })
/** When each was sent that has not come back, by card. */
const underWay = new Map<string, number>()
const latencies: number[] = []
let measureFrom = Infinity
let first = (): void => undefined
const cameBack = new Promise<void>((resolve) => (first = resolve))

const stream = await consumer.consume({ topics: [namespace + judgedLog.name], mode: MessagesStreamModes.EARLIEST, autocommit: false, maxWaitTime: 100 })
stream.on('data', ({ key }: { key: Buffer }) => {
  const card = key.toString()
  const sentAt = underWay.get(card)
  if (sentAt === undefined) return
  underWay.delete(card)
  first()
  if (sentAt >= measureFrom) latencies.push(performance.now() - sentAt)
})

whenAsked(async () => {
  await stream.close()
  await consumer.close()
  await producer.close()
})
tell('started')

let sent = 0
await Promise.all([pace(() => performance.now() >= measureFrom + seconds * 1_000), cameBack.then(() => (measureFrom = performance.now() + warmUpSeconds * 1_000))])
const deadline = performance.now() + 10_000
while (underWay.size > 0 && performance.now() < deadline) await delay(20)
tell({ latencies, lost: underWay.size } satisfies HopMeasured)

/** Sends what is due as its millisecond comes; no request waits for the answer to another. */
async function pace(enough: () => boolean): Promise<void> {
  const begun = performance.now()
  while (!enough()) {
    const due = Math.floor(((performance.now() - begun) / 1_000) * perSecond)
    const messages = Array.from({ length: due - sent }, () => next(sent++))
    if (messages.length > 0) {
      producer.send({ messages, acks: ProduceAcks.ALL }).catch((error: unknown) => {
        console.error(error)
        process.exit(1)
      })
    }
    await delay(1)
  }
}

function next(i: number) {
  const card = `v1.${i}`
  const headers = { traceparent: `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-00`, 'message-id': uuidv7(), 'produced-by': 'transactions-api' }
  underWay.set(card, performance.now())
  return {
    topic: namespace + transactionsLog.name,
    partition: i % transactionsLog.partitions,
    key: Buffer.from(card),
    value: encode(schemaId, transactionOf(i, card)),
    headers: new Map(Object.entries(headers).map(([name, text]) => [Buffer.from(name), Buffer.from(text)])),
  }
}
