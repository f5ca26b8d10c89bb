import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { serverLogs } from '@swipestream/contracts'
import { testBackbone, type TestBackbone } from '@swipestream/messaging/testing'
import { cpuMicrosOf, memoryOf } from '../process-usage.js'
import { median, rounded } from '../statistics.js'
import { type Bench, mebibyte } from './bench.js'
import type { Running } from './process.js'
import type { Compression, Side } from './side.js'

/** What a run gave. */
export interface Run {
  /** Of the file. */
  readonly mibPerSecond: number
  /** Of all threads of its process. */
  readonly cpuSecondsPerMib: number
  /** From the start of the process to the last line, its own start included. */
  readonly wholeSeconds: number
  /** The most memory its process held. */
  readonly rssMb: number
  /** Memory in the last fifth of the log, divided by that in the second one. */
  readonly memoryLateVsEarly: number
}

/** Medians of the runs, and every run's rate. */
export interface Throughput extends Run {
  readonly rounds: readonly number[]
}

/** How far a side was at a time, in milliseconds, and what it had used and held. */
export interface Sample {
  readonly at: number
  /** Lines on the topic. */
  readonly lines: number
  readonly cpuUs: number
  readonly rssMb: number
}

const everyMs = 100
/** A side that does nothing for so long will not do its work any more. */
const silenceMs = 60_000

/** Rate, CPU and memory from the moment when a tenth of the log was on the topic until all of it was. @param bytes of the log */
export function steady(samples: readonly Sample[], lines: number, bytes: number): Omit<Run, 'wholeSeconds' | 'rssMb'> {
  const first = samples.find((sample) => sample.lines >= lines / 10)
  const last = samples.at(-1)
  if (first === undefined || last === undefined || first === last) throw new Error('there is no steady part: a longer log is needed')
  const mib = ((last.lines - first.lines) / lines) * (bytes / mebibyte)
  const memory = (from: number, to: number): number => median(samples.filter((sample) => sample.lines >= from * lines && sample.lines < to * lines).map(({ rssMb }) => rssMb))
  return {
    mibPerSecond: mib / ((last.at - first.at) / 1_000),
    cpuSecondsPerMib: (last.cpuUs - first.cpuUs) / 1e6 / mib,
    memoryLateVsEarly: memory(0.8, 1) / memory(0.2, 0.4),
  }
}

/** Runs the sides in turns; which one begins changes with every round. */
export async function alternate(bench: Bench, sides: readonly Side[], compression: Compression, rounds: number): Promise<Map<string, Throughput>> {
  const runs = new Map<string, Run[]>(sides.map(({ name }) => [name, []]))
  for (let round = 1; round <= rounds; round++) {
    for (const side of round % 2 === 1 ? sides : sides.toReversed()) {
      const run = await runOf(bench, side, compression, `${compression}-${round}`)
      runs.get(side.name)?.push(run)
      bench.report(`round ${round}, ${compression === 'none' ? 'uncompressed' : compression}: ${side.name} ${describe(run)}`)
    }
  }
  return new Map([...runs].map(([name, all]) => [name, summary(all)]))
}

/** Ships the whole log by one side to a topic of its own. @throws Error when not each line is there once */
async function runOf({ stack, log, directory: parent }: Bench, side: Side, compression: Compression, id: string): Promise<Run> {
  const directory = join(parent, `${side.name}-${id}`)
  await mkdir(directory)
  const ground = await testBackbone([serverLogs], stack.env)
  const topic = ground.namespace + serverLogs.name
  const shipping = { log, ground, topic, brokers: ground.env.KAFKA_BROKERS, compression, directory }
  const begun = performance.now()
  const running = await side.start(shipping)
  try {
    const samples = await untilDone(ground, topic, running, log.lines)
    const wholeSeconds = ((samples.at(-1)?.at ?? Number.NaN) - begun) / 1_000
    const { peakMb } = await memoryOf(running.pid)
    await side.verify(shipping).catch((cause: unknown) => {
      throw new Error(`${side.name}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    })
    return { ...steady(samples, log.lines, log.bytes), wholeSeconds, rssMb: peakMb }
  } finally {
    await running.stop()
    await ground.close()
  }
}

async function untilDone(ground: TestBackbone, topic: string, running: Running, lines: number): Promise<Sample[]> {
  const reader = ground.client.reader()
  const samples: Sample[] = []
  try {
    for (let moved = performance.now(); ; await delay(everyMs)) {
      running.check()
      const done = Number((await reader.written(topic)).reduce((sum, offset) => sum + offset, 0n))
      const before = samples.at(-1)?.lines ?? 0
      if (done > before) moved = performance.now()
      else if (performance.now() - moved > silenceMs) throw new Error(`${done} of ${lines} lines are on the topic, and none came for ${silenceMs / 1_000} s`)
      const { rssMb } = await memoryOf(running.pid)
      samples.push({ at: performance.now(), lines: done, cpuUs: await cpuMicrosOf(running.pid), rssMb })
      if (done >= lines) return samples
    }
  } finally {
    await reader.close()
  }
}

function describe({ mibPerSecond, cpuSecondsPerMib, wholeSeconds, rssMb }: Run): string {
  return `${mibPerSecond.toFixed(1)} MiB/s, ${(cpuSecondsPerMib * 1_000).toFixed(1)} ms of CPU a MiB, ${wholeSeconds.toFixed(1)} s in all, ${Math.round(rssMb)} MiB`
}

export function summary(runs: readonly Run[]): Throughput {
  const middle = (of: (run: Run) => number): number => rounded(median(runs.map(of)))
  return {
    mibPerSecond: middle((run) => run.mibPerSecond),
    cpuSecondsPerMib: middle((run) => run.cpuSecondsPerMib),
    wholeSeconds: middle((run) => run.wholeSeconds),
    rssMb: middle((run) => run.rssMb),
    memoryLateVsEarly: middle((run) => run.memoryLateVsEarly),
    rounds: runs.map(({ mibPerSecond }) => rounded(mibPerSecond)),
  }
}
