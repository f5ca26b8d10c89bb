import { subjectOf, transactionsLog } from '@swipestream/contracts'
import { startChild } from '../child.js'
import { median, percentile, rounded } from '../statistics.js'
import type { Broker } from './broker.js'
import { judgedLog } from './topics.js'

/** What the probe says. */
export interface HopMeasured {
  /** In milliseconds, from sending a record to reading its output. */
  readonly latencies: readonly number[]
  /** Records whose output did not come within 10 s. */
  readonly lost: number
}

export const hopRate = 1_000
const warmUpSeconds = 3
const seconds = 10

/** A process that reads one topic and writes another. */
export interface Hop {
  readonly name: string
  readonly program: string
  readonly env: Readonly<Record<string, string>>
}

export const rawHop: Hop = { name: 'raw', program: 'messaging/programs/raw-hop', env: {} }
export const plainHop: Hop = { name: 'plain', program: 'messaging/programs/service', env: { BENCH_EXACTLY_ONCE: 'false' } }
export const exactlyOnceHop: Hop = { name: 'eos', program: 'messaging/programs/service', env: { BENCH_EXACTLY_ONCE: 'true' } }

/** Medians of the runs, and every run. In milliseconds. */
export interface Latency {
  readonly p50: number
  readonly p99: number
  readonly runs: readonly { readonly p50: number; readonly p99: number }[]
}

/** Runs the hops one after the other, so many times; every run has topics and processes of its own. */
export async function hopLatencies(broker: Broker, hops: readonly Hop[], runs: number, onProgress: (line: string) => void): Promise<Map<string, Latency>> {
  const measured = new Map<string, { p50: number; p99: number }[]>(hops.map(({ name }) => [name, []]))
  for (let run = 1; run <= runs; run++) {
    for (const hop of hops) {
      const { latencies, lost } = await oneRun(broker, hop, `hop-${hop.name}-${run}.`)
      if (lost > 0) throw new Error(`hop ${hop.name}: ${lost} records did not come out`)
      const [p50, p99] = [percentile(latencies, 50), percentile(latencies, 99)]
      measured.get(hop.name)?.push({ p50: rounded(p50), p99: rounded(p99) })
      onProgress(`hop ${run} of ${runs}: ${hop.name} p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms (${latencies.length} records)`)
    }
  }
  return new Map(
    [...measured].map(([name, all]) => [name, { p50: rounded(median(all.map(({ p50 }) => p50))), p99: rounded(median(all.map(({ p99 }) => p99))), runs: all }]),
  )
}

async function oneRun(broker: Broker, { program, env }: Hop, namespace: string): Promise<HopMeasured> {
  await broker.prepare(namespace)
  const schemaId = await broker.connection.registry.idOf(subjectOf(transactionsLog, namespace), transactionsLog.schema)
  const common = { ...broker.env, KAFKA_NAMESPACE: namespace }
  const hop = startChild(program, { ...common, ...env, BENCH_SERVICE: 'hop', BENCH_REPORTS: 'false' })
  const probe = startChild('messaging/programs/hop-probe', {
    ...common, BENCH_SCHEMA_ID: String(schemaId), BENCH_RATE: String(hopRate), BENCH_WARM_UP: String(warmUpSeconds), BENCH_SECONDS: String(seconds),
  })
  try {
    await hop.message<'started'>()
    await probe.message<'started'>()
    return await probe.message<HopMeasured>()
  } finally {
    await Promise.all([probe.end(), hop.end()])
    await broker.remove(...[transactionsLog, judgedLog].map(({ name }) => namespace + name))
  }
}
