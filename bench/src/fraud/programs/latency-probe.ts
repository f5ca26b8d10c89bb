/**
 * Writes transactions to one log after the other at a steady rate, and says how long after the broker's answer each of
 * those that must raise an alert had it. The same for every side.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { type Transaction, transactionsLog } from '@swipestream/contracts'
import { connect } from '@swipestream/messaging'
import { tell, whenAsked } from '../../child.js'
import type { ProbeWindow } from '../latency.js'
import { pace } from '../pace.js'
import { stepMs, swipeEvent, transactionAt } from '../swipes.js'
import { UnderWay } from '../under-way.js'
import type { Measured } from '../windows.js'
import { followFromNow, alertOf } from './follow-alerts.js'

/** One in so many is made where nobody can have gone meanwhile. */
const alertEvery = 25
const faraway = { latitude: -33.8688, longitude: 151.2093 }
/** How long what is under way at the end of a window may take, in milliseconds. */
const patienceMs = 60_000
/** Event time that all windows together take, at the most. */
const spanMs = 30 * 86_400_000

const { BENCH_PLAN = '[]', KAFKA_BROKERS = '', SCHEMA_REGISTRY_URL = '' } = process.env
const plan = JSON.parse(BENCH_PLAN) as readonly ProbeWindow[]
const swipes = { began: Date.now() - spanMs, terminals: false }
const logs = new Map<string, Awaited<ReturnType<typeof open>>>()
whenAsked(async () => {
  for (const { close } of logs.values()) await close()
})
for (const { namespace, alerts } of plan) if (!logs.has(namespace)) logs.set(namespace, await open(namespace, alerts))
tell('started')
for (const window of plan) tell(await measured(window))

async function open(namespace: string, alerts: string) {
  const config = { KAFKA_BROKERS: KAFKA_BROKERS.split(','), KAFKA_CLIENT: 'platformatic', KAFKA_NAMESPACE: namespace, SCHEMA_REGISTRY_URL } as const
  const connection = await connect({ service: 'bench-probe', config, produces: [transactionsLog] })
  const underWay = new UnderWay()
  const following = await followFromNow(connection.client, namespace + alerts, (record) => underWay.ended(alertOf(record)?.transaction_id ?? '', performance.now()))
  return {
    connection,
    underWay,
    sent: 0,
    async close() {
      await following.close()
      await connection.close()
    },
  }
}

async function measured({ name, namespace, perSecond, settleSeconds, seconds }: ProbeWindow): Promise<Measured> {
  const log = logs.get(namespace) as NonNullable<ReturnType<typeof logs.get>>
  const send = (counts: boolean) => (count: number): void => {
    const transactions = Array.from({ length: count }, (_, i) => next(log.sent + i))
    log.sent += count
    const watched = transactions.filter(({ place }) => place === faraway).map(({ transaction_id }) => transaction_id)
    for (const id of watched) log.underWay.sent(id, counts)
    log.connection.publish(transactions.map(swipeEvent)).then(
      () => {
        const at = performance.now()
        for (const id of watched) log.underWay.begun(id, at)
      },
      (error: unknown) => {
        console.error(error)
        process.exit(1)
      },
    )
  }
  await pace(perSecond, settleSeconds, send(false))
  const reached = await pace(perSecond, seconds, send(true))
  const deadline = performance.now() + patienceMs
  while (log.underWay.size > 0 && performance.now() < deadline) await delay(20)
  return { name, perSecond: reached, latencies: log.underWay.taken(), lost: log.underWay.size }
}

function next(i: number): Transaction {
  const transaction = transactionAt(i % Math.floor(spanMs / stepMs), swipes)
  return i % alertEvery === 0 ? { ...transaction, place: faraway, country: 'AU' } : transaction
}
