import { fraudAlerts, transactionsLog } from '@swipestream/contracts'
import { testDatabase } from '@swipestream/messaging/testing'
import { Client } from 'pg'
import { type Child, startChild } from '../child.js'
import { apiSecrets, type ServiceProcess, startService } from '../service-process.js'
import { type Ground, prepareGround } from './ground.js'
import { describe } from './latency.js'
import type { Bench } from './bench.js'
import { type Latency, latencies, type Measured, type Window } from './windows.js'

/** What the load generator is told of a window. */
export interface SwipeWindow extends Window {
  readonly port: number
  readonly apiKey: string
  /** The last topic of the chain, as the broker knows it. */
  readonly topic: string
  /** Whether alerts come on it; else records whose key is the swipe's id. */
  readonly alerts: boolean
}

const swipesPerSecond = 500
/** Of each chain, before anything counts: until the compiler has done its work. */
const warmUpSeconds = 25
const settleSeconds = 2
const seconds = 8
const [floorLog, floorAlerts] = ['floor_log', 'floor_alerts']

export const chains = { ours: 'swipe to alert', floor: 'swipe to alert, floor' } as const

/**
 * The way of a swipe from the call to its alert through transactions-api and fraud-service with all shipped rules, and
 * through programs that do the same hops with nothing in them, in turns. Both run from the beginning to the end.
 */
export async function swipeLatencies(bench: Bench): Promise<Map<string, Latency>> {
  const { stack, options, report } = bench
  // Where it looks for its servers, as tests do.
  Object.assign(process.env, stack.env)
  const ground = await prepareGround(stack)
  const database = await testDatabase()
  const ends: (() => Promise<unknown>)[] = [() => ground.close(), () => database.drop()]
  try {
    await ground.putRules()
    const secrets = apiSecrets()
    const ours = await services(bench, ground, { ...secrets.env, DATABASE_URL: database.url }, ends)
    const port = await floor(ground, database.url, ends)
    const windows = (settle: number, counted: number): readonly [SwipeWindow, SwipeWindow] => {
      const common = { perSecond: swipesPerSecond, settleSeconds: settle, seconds: counted, apiKey: secrets.apiKey }
      return [
        { ...common, name: chains.ours, port: ours.port, topic: ground.namespace + fraudAlerts.name, alerts: true },
        { ...common, name: chains.floor, port, topic: ground.namespace + floorAlerts, alerts: false },
      ]
    }
    const plan = [...windows(warmUpSeconds, 1), ...Array.from({ length: options.hops }, (_, run) => (run % 2 === 0 ? windows(settleSeconds, seconds) : windows(settleSeconds, seconds).toReversed())).flat()]
    const load = startChild('fraud/programs/swipe-load', { KAFKA_BROKERS: ground.env.KAFKA_BROKERS, BENCH_PLAN: JSON.stringify(plan) })
    ends.push(() => load.end())
    await load.message<'started'>()
    const measured: Measured[] = []
    for (let i = 0; i < plan.length; i++) {
      const window = await load.message<Measured>()
      measured.push(window)
      report(describe(window, 'HTTP'))
    }
    return latencies(measured.slice(2))
  } finally {
    for (const end of ends.toReversed()) await end()
  }
}

async function services({ directory }: Bench, { env }: Ground, apiEnv: Readonly<Record<string, string>>, ends: (() => Promise<unknown>)[]): Promise<ServiceProcess> {
  const fraud = await startService('fraud-service', env, `${directory}/swipe-fraud.log`)
  ends.push(() => fraud.stop())
  const api = await startService('transactions-api', { ...env, ...apiEnv }, `${directory}/swipe-api.log`)
  ends.push(() => api.stop())
  return api
}

/** Starts the floor; gives the port of its HTTP server. */
async function floor(ground: Ground, databaseUrl: string, ends: (() => Promise<unknown>)[]): Promise<number> {
  const session = new Client({ connectionString: databaseUrl })
  await session.connect()
  await session.query('CREATE TABLE floor_swipes (id text PRIMARY KEY, body bytea NOT NULL)')
  await session.end()
  await ground.like(transactionsLog, floorLog, floorAlerts)
  const { namespace, env: { KAFKA_BROKERS } } = ground
  const common = { KAFKA_BROKERS, BENCH_TOPIC: namespace + floorLog, BENCH_PARTITIONS: String(transactionsLog.partitions) }
  const started = (program: string, env: Readonly<Record<string, string>>): Child => {
    const child = startChild(`fraud/programs/${program}`, env)
    ends.push(() => child.end())
    return child
  }
  await started('floor-judge', { ...common, BENCH_OUTPUT: namespace + floorAlerts, BENCH_GROUP: `${namespace}floor` }).message<'started'>()
  return started('floor-api', { ...common, DATABASE_URL: databaseUrl }).message<number>()
}
