import { transactionsLog } from '@swipestream/contracts'
import { startChild } from '../child.js'
import { fiveRules, prepareGround } from './ground.js'
import type { Bench } from './bench.js'
import { type PeerSideOptions, peerSide, type Running, serviceSide } from './sides.js'
import { type Latency, latencies, type Measured, percentiles, type Window } from './windows.js'

/** What the probe is told of a window. */
export interface ProbeWindow extends Window {
  readonly namespace: string
  /** Topic of the side's alerts, without the namespace. */
  readonly alerts: string
}

/** Rates, by what part of fraud-service's own capacity they are. */
export const loads = { low: 0.25, high: 0.75 } as const
const warmUpSeconds = 20
const settleSeconds = 2
const seconds = 6

export const windowName = (side: string, load: number): string => `${side} at ${load * 100} %`

/**
 * Both sides run from the beginning to the end, each on a log of its own, and get load in turns: so both are warm, and
 * what the machine does meanwhile it does to both.
 *
 * @param capacity transactions a second that fraud-service reaches alone
 */
export async function alertLatencies({ stack, progress, directory, options, report }: Bench, capacity: number): Promise<Map<string, Latency>> {
  const grounds = [await prepareGround(stack), await prepareGround(stack)] as const
  await grounds[0].putRules(fiveRules)
  const common = { ground: grounds[1], progress, onProgress: report } satisfies Partial<PeerSideOptions>
  const sides = [
    { ground: grounds[0], side: serviceSide({ name: 'fraud-service', ground: grounds[0], progress, directory, profile: null }) },
    { ground: grounds[1], side: peerSide({ name: 'kafka-streams', ...common }) },
  ]
  const running: { readonly name: string; readonly namespace: string; readonly at: Running }[] = []
  try {
    for (const { ground, side } of sides) running.push({ name: side.name, namespace: ground.namespace, at: await side.start('latency') })
    const windowsAt = (load: number, settle: number, counted: number, ending = ''): ProbeWindow[] => running.map(({ name, namespace, at }) => ({
      name: windowName(name, load) + ending, namespace, alerts: at.alerts, perSecond: Math.round(capacity * load), settleSeconds: settle, seconds: counted,
    }))
    const plan = [
      ...windowsAt(0.5, warmUpSeconds, 1, ', warm-up'),
      ...Array.from({ length: options.hops }, (_, run) => Object.values(loads).flatMap((load) => {
        const windows = windowsAt(load, settleSeconds, seconds)
        return run % 2 === 0 ? windows : windows.toReversed()
      })).flat(),
    ]
    const measured = await probed(plan, { KAFKA_BROKERS: grounds[0].env.KAFKA_BROKERS, SCHEMA_REGISTRY_URL: grounds[0].env.SCHEMA_REGISTRY_URL }, report)
    return latencies(measured.slice(sides.length))
  } finally {
    for (const { at } of running) await at.stop()
    for (const { at } of running) await at.tidy()
    for (const ground of grounds) await ground.close()
  }
}

async function probed(plan: readonly ProbeWindow[], env: Readonly<Record<string, string>>, report: (line: string) => void): Promise<Measured[]> {
  const probe = startChild('fraud/programs/latency-probe', { ...env, BENCH_PLAN: JSON.stringify(plan) })
  try {
    await probe.message<'started'>()
    const all: Measured[] = []
    for (let i = 0; i < plan.length; i++) {
      const measured = await probe.message<Measured>()
      all.push(measured)
      report(describe(measured, transactionsLog.name))
    }
    return all
  } finally {
    await probe.end()
  }
}

export function describe({ name, perSecond, latencies: values, lost }: Measured, what: string): string {
  const { p50, p99, p999 } = percentiles(values)
  return `${name}: ${Math.round(perSecond)}/s to ${what}, p50 ${p50} ms, p99 ${p99} ms, p99.9 ${p999} ms (${values.length}${lost > 0 ? `, ${lost} lost` : ''})`
}
