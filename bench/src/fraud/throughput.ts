import { setTimeout as delay } from 'node:timers/promises'
import { transactionsLog } from '@swipestream/contracts'
import { cpuMicrosOf, memoryOf } from '../process-usage.js'
import { median, rounded } from '../statistics.js'
import type { Ground } from './ground.js'
import type { GroupProgress } from './group-progress.js'
import type { Running, Side } from './sides.js'

/** What a run gave. */
export interface Run {
  readonly perSecond: number
  readonly cpuUsPerRecord: number
  /** The most memory its process held. */
  readonly rssMb: number
  /** Between two transactions of a partition, in milliseconds, on an average of the whole run. */
  readonly commitSpacingMs: number
  readonly alerts: number
}

/** Medians of the runs, and every run's rate. */
export interface Throughput extends Run {
  readonly rounds: readonly number[]
}

/** How far a process was at a time, in milliseconds, and what it had used. */
export interface Sample {
  readonly at: number
  readonly done: number
  readonly cpuUs: number
}

const everyMs = 100
/** A side that does nothing for so long will not do its work any more, in milliseconds. */
const silenceMs = 60_000

/**
 * Records in the log for runs that count so many: as many before them, in which both compilers do their work, and some
 * after them, because partitions do not end at the same time.
 */
export const logLength = (records: number): number => Math.ceil(records * 2.1)

/** Rate and CPU from the moment when `from` records were done until `records` more were. */
export function steady(samples: readonly Sample[], from: number, records: number): Pick<Run, 'perSecond' | 'cpuUsPerRecord'> {
  const first = samples.find(({ done }) => done >= from)
  const last = samples.find(({ done }) => done >= from + records)
  if (first === undefined || last === undefined || first === last) throw new Error('there is no steady part: more records are needed')
  const done = last.done - first.done
  return { perSecond: (done / (last.at - first.at)) * 1_000, cpuUsPerRecord: (last.cpuUs - first.cpuUs) / done }
}

/** Runs a side over the whole log, and counts what it wrote. @throws Error when not every transaction has one decision */
export async function runOver(ground: Ground, progress: GroupProgress, side: Side, records: number, id: string): Promise<Run> {
  const running = await side.start(id)
  let samples: readonly Sample[] = []
  let rssMb = Number.NaN
  try {
    samples = await untilDone(ground, progress, running, logLength(records))
    rssMb = (await memoryOf(running.pid)).peakMb
  } finally {
    await running.stop()
  }
  const decisions = await ground.count(running.decisions)
  const alerts = await ground.count(running.alerts)
  await running.tidy()
  if (decisions.records !== logLength(records)) throw new Error(`${side.name} made ${decisions.records} decisions of ${logLength(records)} transactions`)
  const ms = (samples.at(-1)?.at ?? 0) - (samples.find(({ done }) => done > 0)?.at ?? 0)
  return { ...steady(samples, records, records), rssMb, commitSpacingMs: (ms * transactionsLog.partitions) / decisions.commits, alerts: alerts.records }
}

async function untilDone(ground: Ground, progress: GroupProgress, { pid, group }: Running, records: number): Promise<Sample[]> {
  const samples: Sample[] = []
  for (let moved = performance.now(); ; await delay(everyMs)) {
    const done = await progress.done(group, ground.namespace + transactionsLog.name)
    const before = samples.at(-1)?.done ?? 0
    if (done > before) moved = performance.now()
    else if (performance.now() - moved > silenceMs) throw new Error(`it has done ${done} of ${records}, and nothing for ${silenceMs / 1_000} s`)
    samples.push({ at: performance.now(), done, cpuUs: await cpuMicrosOf(pid) })
    // The ends of transactions have offsets too, in a log that was written by them; ours was not.
    if (done >= records) return samples
  }
}

/** Runs the sides in turns; which one begins changes with every round. @throws Error when they do not raise as many alerts */
export async function alternate(ground: Ground, progress: GroupProgress, sides: readonly Side[], records: number, rounds: number, onProgress: (line: string) => void): Promise<Map<string, Throughput>> {
  const runs = new Map<string, Run[]>(sides.map(({ name }) => [name, []]))
  for (let round = 1; round <= rounds; round++) {
    for (const side of round % 2 === 1 ? sides : sides.toReversed()) {
      const run = await runOver(ground, progress, side, records, String(round))
      runs.get(side.name)?.push(run)
      onProgress(`round ${round}: ${side.name} ${describe(run)}`)
    }
  }
  const alerts = new Set([...runs.values()].flat().map((run) => run.alerts))
  if (alerts.size > 1) throw new Error(`the sides do not judge alike: ${[...alerts].join(' and ')} alerts`)
  return new Map([...runs].map(([name, all]) => [name, summary(all)]))
}

export function describe({ perSecond, cpuUsPerRecord, rssMb, commitSpacingMs, alerts }: Run): string {
  return `${Math.round(perSecond)} transactions/s, ${cpuUsPerRecord.toFixed(1)} µs of CPU each, ${Math.round(rssMb)} MiB, a commit each ${Math.round(commitSpacingMs)} ms, ${alerts} alerts`
}

export function summary(runs: readonly Run[]): Throughput {
  const middle = (of: (run: Run) => number): number => rounded(median(runs.map(of)))
  return {
    perSecond: middle((run) => run.perSecond),
    cpuUsPerRecord: middle((run) => run.cpuUsPerRecord),
    rssMb: middle((run) => run.rssMb),
    commitSpacingMs: middle((run) => run.commitSpacingMs),
    alerts: middle((run) => run.alerts),
    rounds: runs.map(({ perSecond }) => rounded(perSecond)),
  }
}
