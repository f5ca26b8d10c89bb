import { mkdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CardProfile } from '@swipestream/contracts'
import { startStack } from '@swipestream/stack'
import { type Broken, measured, missed, ratio } from '../goals.js'
import type { Part } from '../options.js'
import { rounded } from '../statistics.js'
import type { Bench, FraudOptions } from './bench.js'
import { goals, type Ratios } from './goals.js'
import { fillLog, fiveRules, type Ground, prepareGround } from './ground.js'
import { GroupProgress } from './group-progress.js'
import { alertLatencies, loads, windowName } from './latency.js'
import { manyRules } from './many-rules.js'
import { profilesOf, restored } from './restore.js'
import { peerSide, serviceSide, type Side } from './sides.js'
import { alternate, describe, logLength, runOver, type Throughput } from './throughput.js'
import type { Latency } from './windows.js'
import { chains, swipeLatencies } from './swipe.js'

export interface Result {
  readonly ratios: Ratios
  readonly figures: Readonly<Record<string, unknown>>
  readonly broken: readonly Broken[]
}

/** Measures what was asked for, on servers of its own. */
export async function benchFraud(options: FraudOptions, report: (line: string) => void): Promise<Result> {
  if (options.profile !== null) mkdirSync(options.profile, { recursive: true })
  const wants = wanted(options)
  const stack = await startStack({ servers: wants('swipe') ? ['kafka', 'registry', 'postgres'] : ['kafka', 'registry'], sustainedLoad: true, onProgress: report })
  const directory = await mkdtemp(join(tmpdir(), 'swipestream-bench-'))
  const progress = new GroupProgress(stack.env.KAFKA_BROKERS ?? '')
  const bench: Bench = { stack, progress, options, directory, report }
  try {
    const { throughput, profiles } = wants('throughput', 'variants', 'latency', 'restore') ? await throughputs(bench) : nothing
    const perSecond = (side: string): number | undefined => throughput.get(side)?.perSecond
    const latency = wants('latency') ? await alertLatencies(bench, perSecond('fraud-service') ?? Number.NaN) : new Map<string, Latency>()
    const swipe = wants('swipe') ? await swipeLatencies(bench) : new Map<string, Latency>()
    const state = wants('restore') ? await restored(bench, profiles) : undefined
    const rules = wants('rules') ? { shadowRules: await figureOf(report, () => manyRules(bench, 'shadow')), liveRules: await figureOf(report, () => manyRules(bench, 'live')) } : {}
    const p99At = (load: number): readonly [number | undefined, number | undefined] => [latency.get(windowName('fraud-service', load))?.p99, latency.get(windowName('kafka-streams', load))?.p99]
    const ratios = measured({
      vsKafkaStreams: ratio(perSecond('fraud-service'), perSecond('kafka-streams')),
      p99VsKafkaStreams: ratio(...p99At(loads.high)),
      swipeP99VsFloors: ratio(swipe.get(chains.ours)?.p99, swipe.get(chains.floor)?.p99),
    })
    const figures = {
      eventsPerSecond: perSecond('fraud-service'),
      p99VsKafkaStreamsAtLowLoad: ratio(...p99At(loads.low)),
      rssMbPerMillionCards: state?.rssMbPerMillionCards,
      restoreSeconds: state?.restoreSeconds,
      throughput: Object.fromEntries(throughput),
      latency: Object.fromEntries([...latency, ...swipe]),
      restore: state,
      ...rules,
    }
    return { ratios, figures, broken: missed(goals, ratios) }
  } finally {
    await progress.close()
    await stack.stop()
    await rm(directory, { recursive: true })
  }
}

/** What was measured, or why it could not be: a figure that no goal depends on must not take the others with it. */
async function figureOf<T>(report: (line: string) => void, measure: () => Promise<T>): Promise<T | { readonly failed: string }> {
  try {
    return await measure()
  } catch (error) {
    const failed = error instanceof Error ? error.message : String(error)
    report(`not measured: ${failed}`)
    return { failed }
  }
}

type Judged = { readonly throughput: ReadonlyMap<string, Throughput>; readonly profiles: readonly CardProfile[] }
const nothing: Judged = { throughput: new Map(), profiles: [] }

function wanted({ only }: FraudOptions) {
  return (...parts: readonly Part<'fraud'>[]): boolean => parts.some((part) => only.includes(part))
}

/**
 * The two sides in turns, and then, once each, what fraud-service can do besides. Where only its rate is needed, or what
 * it makes of the cards, it runs once, alone.
 */
async function throughputs(bench: Bench): Promise<Judged> {
  const { stack, progress, options, report } = bench
  const { records, rounds } = options
  const wants = wanted(options)
  const ground = await prepareGround(stack)
  report(`writing ${logLength(records)} transactions to judge`)
  await fillLog(ground, logLength(records), false)
  await ground.putRules(fiveRules)
  const service = ours(bench, ground, 'fraud-service')
  const found = new Map<string, Throughput>()
  const once = async (on: Ground, side: Side): Promise<void> => {
    const run = await runOver(on, progress, side, records, 'once')
    report(`${side.name} ${describe(run)}`)
    found.set(side.name, { ...run, rounds: [rounded(run.perSecond)] })
  }
  if (wants('throughput')) {
    const sides = [service, peerSide({ name: 'kafka-streams', ground, progress, onProgress: report })]
    for (const [name, throughput] of await alternate(ground, progress, sides, records, rounds, report)) found.set(name, throughput)
  } else if (wants('latency', 'restore')) {
    await once(ground, service)
  }
  const profiles = wants('restore') ? await profilesOf(ground) : []
  if (wants('variants')) {
    await once(ground, peerSide({ name: 'kafka-streams, two threads', ground, progress, threads: 2, onProgress: report }))
    await ground.putRules()
    await once(ground, ours(bench, ground, 'fraud-service, all rules'))
    await withTerminals(bench, once)
  }
  await ground.close()
  return { throughput: found, profiles }
}

/** With all shipped rules, on transactions made at terminals: it then writes each a second time, by its terminal, and reads that too. */
async function withTerminals(bench: Bench, once: (on: Ground, side: Side) => Promise<void>): Promise<void> {
  const ground = await prepareGround(bench.stack)
  await fillLog(ground, logLength(bench.options.records), true)
  await ground.putRules()
  await once(ground, ours(bench, ground, 'fraud-service, all rules and terminals'))
  await ground.close()
}

function ours({ progress, directory, options: { profile } }: Bench, ground: Ground, name: string): Side {
  return serviceSide({ name, ground, progress, directory, profile })
}
