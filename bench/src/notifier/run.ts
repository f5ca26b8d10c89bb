import { mkdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startStack } from '@swipestream/stack'
import { type Broken, measured, missed, ratio } from '../goals.js'
import type { Part } from '../options.js'
import type { Bench, NotifierOptions } from './bench.js'
import { connections, goals, killWindow } from './goals.js'
import { killed } from './kills.js'
import { acceptedLatency } from './latency.js'
import { type MailParts, partsOf } from './mail-parts.js'
import { MailServer } from './mail-server.js'
import { notifierSide, rawSide } from './sides.js'
import { alternate, type Throughput } from './throughput.js'

export interface Result {
  readonly ratios: { readonly vsRawNodemailer?: number }
  readonly figures: Readonly<Record<string, unknown>>
  readonly broken: readonly Broken[]
}

/** Measures what was asked for, on servers of its own. */
export async function benchNotifier(options: NotifierOptions, report: (line: string) => void): Promise<Result> {
  if (options.profile !== null) mkdirSync(options.profile, { recursive: true })
  const wants = (part: Part<'notifier'>): boolean => options.only.includes(part)
  const stack = await startStack({ servers: ['kafka', 'registry', 'postgres'], sustainedLoad: true, onProgress: report })
  const directory = await mkdtemp(join(tmpdir(), 'swipestream-bench-'))
  const bench: Bench = { stack, options, directory, report }
  try {
    const throughput = wants('throughput') ? await throughputs(bench) : undefined
    const latency = wants('latency') ? await acceptedLatency(bench) : undefined
    const kills = wants('kills') ? await killed(bench) : undefined
    const perSecond = (side: string): number | undefined => throughput?.sides.get(side)?.perSecond
    const ratios = measured({ vsRawNodemailer: ratio(perSecond('notifier'), perSecond('nodemailer')) })
    const figures = {
      alertsPerSecond: perSecond('notifier'),
      rawPerSecond: perSecond('nodemailer'),
      serverPerSecond: throughput?.server.perSecond,
      acceptedP50Ms: latency?.p50,
      acceptedP99Ms: latency?.p99,
      acceptedP999Ms: latency?.p999,
      kills: kills?.kills,
      lost: kills?.lost,
      unsent: kills?.unsent,
      duplicates: kills?.duplicates,
      mostDuplicatesByKill: kills?.mostDuplicatesByKill,
      duplicatesUnexplained: kills?.duplicatesUnexplained,
      window: killWindow,
      throughput: throughput && { ...Object.fromEntries(throughput.sides), server: throughput.server },
      latency,
      killRun: kills,
    }
    const held = measured({
      vsRawNodemailer: ratios.vsRawNodemailer,
      lost: kills?.lost,
      unsent: kills?.unsent,
      mostDuplicatesByKill: kills?.mostDuplicatesByKill,
      duplicatesUnexplained: kills?.duplicatesUnexplained,
    })
    return { ratios, figures, broken: missed(goals, held) }
  } finally {
    await stack.stop()
    await rm(directory, { recursive: true })
  }
}

interface Throughputs {
  readonly sides: ReadonlyMap<string, Throughput>
  /** Of the mail server alone. */
  readonly server: { readonly perSecond: number; readonly cpuUsPerMessage: number }
}

/** The two sides in turns; the notifier begins, for the other one sends what its e-mails say. Then the server alone. */
async function throughputs(bench: Bench): Promise<Throughputs> {
  const { options: { records, rounds }, report } = bench
  const mails = await MailServer.start()
  try {
    const sample = (): string => mails.sampleOf('notifier-1')
    const parts = (): MailParts => partsOf(sample())
    const sides = await alternate(mails, [notifierSide({ bench, mails }), rawSide({ mails, parts })], records, rounds, report)
    const server = await mails.ownLimit({ connections, messages: records, source: sample() })
    report(`the mail server alone: ${Math.round(server.perSecond)} e-mails/s, ${server.cpuUsPerMessage} µs of CPU each`)
    return { sides, server }
  } finally {
    await mails.stop()
  }
}
