import { mkdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PackagesMissing, startStack } from '@swipestream/stack'
import { type Broken, measured, missed, ratio } from '../goals.js'
import type { Part } from '../options.js'
import { rounded } from '../statistics.js'
import { writeAccessLog } from './access-log.js'
import { type Bench, type LogsOptions, mebibyte } from './bench.js'
import { goals } from './goals.js'
import { logShipperSide } from './log-shipper.js'
import { parsing } from './parse.js'
import { rsyslogSide } from './peers/rsyslog.js'
import { syslogNgSide } from './peers/syslog-ng.js'
import type { Side } from './side.js'
import { alternate, type Throughput } from './throughput.js'

export interface Result {
  readonly ratios: { readonly shipVsBestPeer?: number }
  readonly figures: Readonly<Record<string, unknown>>
  readonly broken: readonly Broken[]
}

const peerNames = ['rsyslog', 'syslog-ng'] as const
const nothing: ReadonlyMap<string, Throughput> = new Map()

/** Measures what was asked for, on servers of its own. */
export async function benchLogs(options: LogsOptions, report: (line: string) => void): Promise<Result> {
  if (options.profile !== null) mkdirSync(options.profile, { recursive: true })
  const wants = (part: Part<'logs'>): boolean => options.only.includes(part)
  const directory = await mkdtemp(join(tmpdir(), 'swipestream-bench-'))
  const stack = await startStack({ servers: ['kafka', 'registry'], sustainedLoad: true, onProgress: report })
  try {
    const log = writeAccessLog(join(directory, 'access.log'), options.records)
    report(`a log of ${log.lines} lines, ${(log.bytes / mebibyte).toFixed(1)} MiB`)
    const bench: Bench = { stack, options, directory, log, report }
    const sides = wants('ship') || wants('compressed') ? [logShipperSide(options.profile), ...(await peers(report))] : []
    const ship = wants('ship') ? await alternate(bench, sides, 'none', options.rounds) : nothing
    const compressed = wants('compressed') ? await alternate(bench, sides, 'lz4', 1) : nothing
    const parse = wants('parse') ? await parsing(bench) : undefined
    const ours = ship.get('log-shipper')
    const ratios = measured({ shipVsBestPeer: vsBestPeer(ship) })
    const figures = {
      logMiB: rounded(log.bytes / mebibyte),
      shipMiBs: ours?.mibPerSecond,
      parseMiBs: parse && rounded(parse.mibPerSecond),
      parseCpuSecondsPerMib: parse && rounded(parse.cpuSecondsPerMib),
      peers: { rsyslogMiBs: ship.get('rsyslog')?.mibPerSecond, syslogNgMiBs: ship.get('syslog-ng')?.mibPerSecond },
      rssMb: ours?.rssMb,
      memoryLateVsEarly: ours?.memoryLateVsEarly,
      cpuSecondsPerMib: Object.fromEntries([...ship].map(([name, { cpuSecondsPerMib }]) => [name, cpuSecondsPerMib])),
      shipVsBestPeerCompressed: vsBestPeer(compressed),
      ship: Object.fromEntries(ship),
      compressed: Object.fromEntries(compressed),
    }
    const held = measured({ shipVsBestPeer: ratios.shipVsBestPeer, memoryLateVsEarly: ours?.memoryLateVsEarly })
    return { ratios, figures, broken: missed(goals, held) }
  } finally {
    await stack.stop()
    await rm(directory, { recursive: true })
  }
}

/** The peers that can be had here; of the others it is told why not. */
async function peers(report: (line: string) => void): Promise<Side[]> {
  const found: Side[] = []
  for (const [name, side] of [['rsyslog', rsyslogSide], ['syslog-ng', syslogNgSide]] as const) {
    try {
      found.push(await side())
    } catch (error) {
      if (!(error instanceof PackagesMissing)) throw error
      report(`without ${name}: ${error.message}`)
    }
  }
  return found
}

/** undefined where no peer was measured. */
function vsBestPeer(sides: ReadonlyMap<string, Throughput>): number | undefined {
  const rates = peerNames.map((name) => sides.get(name)?.mibPerSecond).filter((rate) => rate !== undefined)
  return rates.length === 0 ? undefined : ratio(sides.get('log-shipper')?.mibPerSecond, Math.max(...rates))
}
