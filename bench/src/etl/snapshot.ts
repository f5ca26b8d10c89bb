import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Sample, steady } from '../fraud/throughput.js'
import { median, rounded } from '../statistics.js'
import type { Bench } from './bench.js'
import { beginEtl, cpuUsAt, peakOf } from './etl-process.js'
import { type Ground, prepareGround } from './ground.js'
import { payments, type Source } from './source.js'

/** How often the topic is looked at, in milliseconds. */
const lookMs = 100
/** A side that writes nothing for so long will not do its work any more, in milliseconds. */
const silenceMs = 120_000
/** Parts of the table between which rows count: before, a process begins and its compiler does its work; at the end, partitions do not end together. */
const counted = { from: 0.25, to: 0.95 } as const

export interface SnapshotRun {
  readonly perSecond: number
  /** Of its process; undefined where it shares one. */
  readonly cpuUsPerRow?: number
  readonly rssMb?: number
}

/** Medians of the runs, and every run's rate. */
export interface Snapshot extends SnapshotRun {
  readonly rounds: readonly number[]
}

/** Something at work that writes the table to a topic. */
export interface Snapshotting {
  /** Whose topic it writes. */
  readonly ground: Ground
  /** CPU that it has used, by a time; NaN where it cannot be told from that of others. */
  cpuUsAt(at: number): number
  /** The most memory it held, in MiB; undefined where it shares its process. */
  peakMb(): number | undefined
  /** @throws Error when it has ended, or failed */
  check(): Promise<void> | void
  /** Ends it. */
  stop(): Promise<void>
  /** Takes away what it has written. */
  tidy(): Promise<void>
}

export interface SnapshotSide {
  readonly name: string
  start(round: number): Promise<Snapshotting>
}

/** `npm run etl -- extract` in a namespace that is new. */
export function extractSide(bench: Bench, source: Source): SnapshotSide {
  const { directory, options: { profile } } = bench
  return {
    name: 'extract',
    async start(round) {
      const ground = await prepareGround(bench, source)
      await ground.makeTopic(payments.name)
      const process = beginEtl(['extract', '--tables', payments.name], ground.env, join(directory, `snapshot-${round}.log`), profile === null ? null : { dir: profile, name: `snapshot-${round}` })
      return { ground, cpuUsAt: (at) => cpuUsAt(process.usage, at), peakMb: () => peakOf(process.usage), check: () => process.check(), stop: () => process.stop(), tidy: () => ground.close() }
    },
  }
}

/** Runs the sides in turns; which one begins changes with every round. */
export async function snapshots({ options: { rounds }, report }: Bench, sides: readonly SnapshotSide[], rows: number): Promise<ReadonlyMap<string, Snapshot>> {
  const runs = new Map<string, SnapshotRun[]>(sides.map(({ name }) => [name, []]))
  for (let round = 1; round <= rounds; round++) {
    for (const side of round % 2 === 1 ? sides : sides.toReversed()) {
      const run = await runOf(side, round, rows)
      runs.get(side.name)?.push(run)
      report(`round ${round}: ${side.name} ${describe(run)}`)
    }
  }
  return new Map([...runs].map(([name, all]) => [name, summary(all)]))
}

/** @throws Error when not every row has a record */
async function runOf(side: SnapshotSide, round: number, rows: number): Promise<SnapshotRun> {
  const running = await side.start(round)
  try {
    const samples = await untilWritten(running, rows).finally(() => running.stop())
    const records = await running.ground.count(payments.name)
    if (records < rows) throw new Error(`${side.name} wrote ${records} records of ${rows} rows`)
    const peakMb = running.peakMb()
    const { perSecond, cpuUsPerRecord } = steady(samples, rows * counted.from, rows * (counted.to - counted.from))
    return { perSecond, ...(Number.isNaN(cpuUsPerRecord) ? {} : { cpuUsPerRow: cpuUsPerRecord }), ...(peakMb === undefined ? {} : { rssMb: peakMb }) }
  } finally {
    await running.tidy()
  }
}

async function untilWritten({ ground, check, cpuUsAt: cpu }: Snapshotting, rows: number): Promise<Sample[]> {
  const samples: Sample[] = []
  for (let moved = Date.now(); ; await delay(lookMs)) {
    await check()
    const done = await ground.written(payments.name)
    const at = Date.now()
    if (done > (samples.at(-1)?.done ?? 0)) moved = at
    else if (at - moved > silenceMs) throw new Error(`${done} of ${rows} rows are written, and none for ${silenceMs / 1_000} s`)
    samples.push({ at, done, cpuUs: cpu(at) })
    // Ends of transactions count too, so that the last rows may be on their way yet.
    if (done >= rows && (await ground.count(payments.name)) >= rows) return samples
  }
}

export function describe({ perSecond, cpuUsPerRow, rssMb }: SnapshotRun): string {
  return `${Math.round(perSecond)} rows/s${cpuUsPerRow === undefined ? '' : `, ${cpuUsPerRow.toFixed(1)} µs of CPU each`}${rssMb === undefined ? '' : `, ${Math.round(rssMb)} MiB`}`
}

export function summary(runs: readonly SnapshotRun[]): Snapshot {
  const middle = (values: readonly (number | undefined)[]): number | undefined => {
    const known = values.filter((value) => value !== undefined)
    return known.length === 0 ? undefined : rounded(median(known))
  }
  const [cpuUsPerRow, rssMb] = [middle(runs.map((run) => run.cpuUsPerRow)), middle(runs.map((run) => run.rssMb))]
  return {
    perSecond: rounded(median(runs.map(({ perSecond }) => perSecond))),
    ...(cpuUsPerRow === undefined ? {} : { cpuUsPerRow }),
    ...(rssMb === undefined ? {} : { rssMb }),
    rounds: runs.map(({ perSecond }) => rounded(perSecond)),
  }
}
