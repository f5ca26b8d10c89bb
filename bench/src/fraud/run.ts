import { mkdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Stack, startStack } from '@swipestream/stack'
import { type Broken, measured, missed, ratio } from '../goals.js'
import type { Options, Part } from '../options.js'
import { rounded } from '../statistics.js'
import { goals, type Ratios } from './goals.js'
import { fillLog, fiveRules, type Ground, prepareGround } from './ground.js'
import { GroupProgress } from './group-progress.js'
import { peerSide, serviceSide, type Side } from './sides.js'
import { alternate, describe, logLength, runOver, type Throughput } from './throughput.js'

type FraudOptions = Options<'fraud'>

export interface Result {
  readonly ratios: Ratios
  readonly figures: Readonly<Record<string, unknown>>
  readonly broken: readonly Broken[]
}

/** What every part works with. */
export interface Bench {
  readonly stack: Stack
  readonly progress: GroupProgress
  readonly options: FraudOptions
  /** For logs; gone afterwards. */
  readonly directory: string
  readonly report: (line: string) => void
}

/** Measures what was asked for, on servers of its own. */
export async function benchFraud(options: FraudOptions, report: (line: string) => void): Promise<Result> {
  if (options.profile !== null) mkdirSync(options.profile, { recursive: true })
  const wants = (...parts: readonly Part<'fraud'>[]): boolean => parts.some((part) => options.only.includes(part))
  const stack = await startStack({ servers: wants('swipe') ? ['kafka', 'registry', 'postgres'] : ['kafka', 'registry'], onProgress: report })
  const directory = await mkdtemp(join(tmpdir(), 'swipestream-bench-'))
  const progress = new GroupProgress(stack.env.KAFKA_BROKERS ?? '')
  const bench: Bench = { stack, progress, options, directory, report }
  try {
    const throughput = wants('throughput', 'variants') ? await throughputs(bench, wants('throughput'), wants('variants')) : new Map<string, Throughput>()
    const of = (side: string): Throughput | undefined => throughput.get(side)
    const ratios = measured({
      vsKafkaStreams: ratio(of('fraud-service')?.perSecond, of('kafka-streams')?.perSecond),
      p99VsKafkaStreams: undefined,
      swipeP99VsFloors: undefined,
    })
    return { ratios, figures: { eventsPerSecond: of('fraud-service')?.perSecond, ...Object.fromEntries(throughput) }, broken: missed(goals, ratios) }
  } finally {
    await progress.close()
    await stack.stop()
    await rm(directory, { recursive: true })
  }
}

/** The two sides in turns, and then, once each, what fraud-service can do besides. */
async function throughputs(bench: Bench, sides: boolean, variants: boolean): Promise<Map<string, Throughput>> {
  const { stack, progress, options, report } = bench
  const { records, rounds } = options
  const ground = await prepareGround(stack)
  report(`writing ${logLength(records)} transactions to judge`)
  await fillLog(ground, logLength(records), false)
  await ground.putRules(fiveRules)
  const found = sides ? await alternate(ground, progress, [ours(bench, ground, 'fraud-service'), peerSide({ name: 'kafka-streams', ground, progress, onProgress: report })], records, rounds, report) : new Map<string, Throughput>()
  const once = async (on: Ground, side: Side): Promise<void> => {
    const run = await runOver(on, progress, side, records, 'once')
    report(`${side.name} ${describe(run)}`)
    found.set(side.name, { ...run, rounds: [rounded(run.perSecond)] })
  }
  if (variants) {
    await once(ground, peerSide({ name: 'kafka-streams, two threads', ground, progress, threads: 2, onProgress: report }))
    await ground.putRules()
    await once(ground, ours(bench, ground, 'fraud-service, all rules'))
    await ground.close()
    const terminals = await prepareGround(stack)
    await fillLog(terminals, logLength(records), true)
    await terminals.putRules()
    await once(terminals, ours(bench, terminals, 'fraud-service, all rules and terminals'))
    await terminals.close()
  } else {
    await ground.close()
  }
  return found
}

function ours({ progress, directory, options: { profile } }: Bench, ground: Ground, name: string): Side {
  return serviceSide({ name, ground, progress, directory, profile })
}
