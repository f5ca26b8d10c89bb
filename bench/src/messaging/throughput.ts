import type { Options } from '../options.js'
import { type Child, startChild } from '../child.js'
import { median, rounded } from '../statistics.js'
import type { Broker } from './broker.js'
import { now, type Report } from './meter.js'
import { inSeries, type RawTools, rawTools } from './raw-tools.js'
import { jsonOutput, judgedLog } from './topics.js'

/** What one run of one side gave. */
export interface Run {
  readonly perSecond: number
  readonly cpuUsPerRecord?: number
  readonly rssMb?: number
  readonly rawTools?: RawTools
}

/** Something that reads all records and writes one for each. */
export interface Side {
  readonly name: string
  run(round: number): Promise<Run>
}

/** Medians of the rounds, and every round. */
export interface Throughput {
  readonly perSecond: number
  readonly cpuUsPerRecord?: number
  readonly rssMb?: number
  readonly producedPerSecond?: number
  readonly consumedPerSecond?: number
  readonly rounds: readonly number[]
}

type Running = Pick<Options<'messaging'>, 'records' | 'profile'>

/** Kafka's own tools, in series. */
export function rawToolsSide(broker: Broker, { records }: Running): Side {
  return {
    name: 'rawTools',
    async run() {
      const raw = await rawTools(broker, records)
      return { perSecond: inSeries(raw), rawTools: raw }
    },
  }
}

export interface Service {
  readonly name: string
  readonly client: string
  readonly exactlyOnce: boolean
  /** Processes of its group; 1 when left out. */
  readonly instances?: number
}

/** Our service, with one of its clients and one of its promises. */
export function serviceSide(broker: Broker, options: Running, { name, client, exactlyOnce, instances }: Service): Side {
  return childSide(broker, options, {
    name,
    program: 'messaging/programs/service',
    instances,
    records: options.records,
    output: judgedLog.name,
    env: { KAFKA_CLIENT: client, BENCH_EXACTLY_ONCE: String(exactlyOnce) },
  })
}

/** Nest's own transport. */
export function nestSide(broker: Broker, options: Running, peer: { readonly name: string; readonly records: number; readonly concurrently: number; readonly awaited: boolean }): Side {
  return childSide(broker, options, {
    name: peer.name,
    program: 'messaging/programs/nest-service',
    records: peer.records,
    output: jsonOutput,
    // It warns of each start, and of timers of its own.
    env: { BENCH_CONCURRENTLY: String(peer.concurrently), BENCH_AWAITED: String(peer.awaited), KAFKAJS_NO_PARTITIONER_WARNING: '1', NODE_NO_WARNINGS: '1' },
  })
}

interface ChildSide {
  readonly name: string
  readonly program: string
  readonly instances?: number | undefined
  readonly records: number
  readonly output: string
  readonly env: Readonly<Record<string, string>>
}

function childSide(broker: Broker, { profile }: Running, { name, program, instances = 1, records, output, env }: ChildSide): Side {
  return {
    name,
    async run(round) {
      await broker.emptied(output)
      // A group of its own each time: it reads from the first record.
      const service = `bench-${name.replaceAll(/\W+/g, '-')}-${round}`
      const children = Array.from({ length: instances }, (_, i) =>
        startChild(program, { ...broker.env, ...env, BENCH_SERVICE: service, BENCH_REPORTS: 'true' }, profile === null ? null : { dir: profile, name: `${service}-${i}` }),
      )
      const end = () => Promise.all(children.map((child) => child.end()))
      try {
        const run = await untilDone(children, records)
        await end()
        const written = await broker.count(output)
        if (written !== records) throw new Error(`${name} wrote ${written} records for ${records}`)
        return run
      } finally {
        await end()
      }
    },
  }
}

/** Longer than any pause of a group that is at work, in milliseconds. */
const silenceMs = 3_000

/**
 * Waits until the children have done so many records together. A batch that was written just when its partition went to
 * another instance counts for neither: then nothing more comes.
 */
async function untilDone(children: readonly Child[], records: number): Promise<Run> {
  const reports: Report[] = []
  const total = (of: (report: Report) => number): number => reports.reduce((sum, report) => sum + of(report), 0)
  const lastDone = (): number => Math.max(0, ...reports.map(({ doneAt }) => doneAt)) || Infinity
  await Promise.all(
    children.map(async (child, i) => {
      await child.message<'started'>()
      while (total(({ done }) => done) < records && now() < lastDone() + silenceMs) reports[i] = await child.message<Report>()
    }),
  )
  const ms = lastDone() - Math.min(...reports.map(({ begun }) => begun ?? Infinity))
  return { perSecond: (records / ms) * 1_000, cpuUsPerRecord: total(({ cpuUs }) => cpuUs) / records, rssMb: total(({ rssMb }) => rssMb) }
}

/** Runs every side once a round, one after the other; the first round warms up the broker and is not counted. */
export async function alternate(sides: readonly Side[], rounds: number, onProgress: (line: string) => void): Promise<Map<string, Throughput>> {
  const runs = new Map<string, Run[]>(sides.map(({ name }) => [name, []]))
  for (let round = 0; round <= rounds; round++) {
    for (const side of sides) {
      const run = await side.run(round)
      if (round > 0) runs.get(side.name)?.push(run)
      const cpu = run.cpuUsPerRecord === undefined ? '' : `, ${run.cpuUsPerRecord.toFixed(1)} µs of CPU each`
      onProgress(`${round === 0 ? 'warm-up' : `round ${round}`}: ${side.name} ${Math.round(run.perSecond)} records/s${cpu}`)
    }
  }
  return new Map([...runs].map(([name, all]) => [name, summary(all)]))
}

export function summary(runs: readonly Run[]): Throughput {
  const middle = (of: (run: Run) => number | undefined): number | undefined => {
    const values = runs.map(of).filter((value) => value !== undefined)
    return values.length === 0 ? undefined : rounded(median(values))
  }
  const optional = {
    cpuUsPerRecord: middle((run) => run.cpuUsPerRecord),
    rssMb: middle((run) => run.rssMb),
    producedPerSecond: middle((run) => run.rawTools?.producedPerSecond),
    consumedPerSecond: middle((run) => run.rawTools?.consumedPerSecond),
  }
  return {
    perSecond: rounded(median(runs.map(({ perSecond }) => perSecond))),
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
    rounds: runs.map(({ perSecond }) => rounded(perSecond)),
  }
}
