/**
 * Writes transactions to one log after the other at a steady rate, and says how long after the broker's answer each of
 * those that must raise an alert had it. The same for every side.
 */
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
/** So long after a swipe near home, 16,000 km away, in milliseconds of event time; and not within seconds, as bursts come. */
const soonMs = { least: 60_000, most: 8 * 3_600_000 }
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
    /** When cards were last used, by card, where that was near home; event time, milliseconds since the Unix epoch. */
    lastAtHome: new Map<string, number>(),
    async close() {
      await following.close()
      await connection.close()
    },
  }
}

async function measured({ name, namespace, perSecond, settleSeconds, seconds }: ProbeWindow): Promise<Measured> {
  const log = logs.get(namespace) as NonNullable<ReturnType<typeof logs.get>>
  const send = (counts: boolean) => (count: number): void => {
    const transactions = Array.from({ length: count }, (_, i) => next(log.sent + i, log.lastAtHome))
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
  return { name, perSecond: reached, ...(await log.underWay.taken()) }
}

function next(i: number, lastAtHome: Map<string, number>): Transaction {
  const transaction = transactionAt(i % Math.floor(spanMs / stepMs), swipes)
  const { card_id, occurred_at, country } = transaction
  const at = lastAtHome.get(card_id)
  const alerts = i % alertEvery === 0 && at !== undefined && occurred_at - at >= soonMs.least && occurred_at - at < soonMs.most
  if (alerts || country !== 'AT') lastAtHome.delete(card_id)
  else lastAtHome.set(card_id, occurred_at)
  return alerts ? { ...transaction, place: faraway, country: 'AU' } : transaction
}
