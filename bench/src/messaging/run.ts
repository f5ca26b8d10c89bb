import { mkdirSync } from 'node:fs'
import { accept, type AcceptResult } from '../accept/accept.js'
import { type Broken, measured, missed, ratio } from '../goals.js'
import type { Options } from '../options.js'
import { type Broker, startBroker } from './broker.js'
import { goals, type Ratios } from './goals.js'
import { exactlyOnceHop, type Hop, hopLatencies, type Latency, plainHop, rawHop } from './hop.js'
import { fillInput, fillJsonInput } from './input.js'
import { alternate, nestSide, rawToolsSide, serviceSide, type Side, type Throughput } from './throughput.js'

type MessagingOptions = Options<'messaging'>
type Figure = Throughput | Latency | AcceptResult

export interface Result {
  readonly ratios: Ratios
  readonly figures: Readonly<Record<string, Figure>>
  readonly broken: readonly Broken[]
}

/** Nest's transport is slow enough to show its rate on so many. */
const nestRecords = 50_000

/** Measures what was asked for, on a broker of its own. */
export async function benchMessaging(options: MessagingOptions, onProgress: (line: string) => void): Promise<Result> {
  if (options.profile !== null) mkdirSync(options.profile, { recursive: true })
  const broker = await startBroker(options.only.includes('accept') ? ['kafka', 'registry', 'postgres'] : ['kafka', 'registry'], onProgress)
  try {
    const throughput = await throughputs(broker, options, onProgress)
    const latency = options.only.includes('hop') ? await hopLatencies(broker, hops, options.hops, onProgress) : new Map<string, Latency>()
    const accepted = options.only.includes('accept') ? await acceptance(broker, options, onProgress) : null
    const perSecond = (side: string): number | undefined => throughput.get(side)?.perSecond
    const ratios = measured({
      eosVsRawTools: ratio(perSecond('eos'), perSecond('rawTools')),
      eosTwiceVsRawTools: ratio(perSecond('eos, two instances'), perSecond('rawTools')),
      plainVsRawTools: ratio(perSecond('plain'), perSecond('rawTools')),
      vsNestTransport: ratio(perSecond('plain'), bestOf(throughput, 'nest')),
      hopP99VsRaw: ratio(latency.get('plain')?.p99, latency.get('raw')?.p99),
      acceptVsPgbench: ratio(accepted?.medianRatio?.plain, 1),
    })
    const hopFigures = [...latency].map(([name, of]) => [`hop ${name}`, of] as const)
    return { ratios, figures: Object.fromEntries<Figure>([...throughput, ...hopFigures, ...(accepted ? [['accept', accepted] as const] : [])]), broken: missed(goals, ratios) }
  } finally {
    await broker.stop()
  }
}

const hops: readonly Hop[] = [rawHop, plainHop, exactlyOnceHop]

async function throughputs(broker: Broker, options: MessagingOptions, onProgress: (line: string) => void): Promise<Map<string, Throughput>> {
  const sides = sidesOf(broker, options)
  if (sides.length === 0) return new Map()
  onProgress(`writing ${options.records} transactions to read`)
  await fillInput(broker, options.records)
  if (options.only.includes('nest')) await fillJsonInput(broker, nestRecords)
  return alternate(sides, options.rounds, onProgress)
}

/** Every side that one of the parts needs, once. */
function sidesOf(broker: Broker, options: MessagingOptions): Side[] {
  const wanted = (...names: readonly string[]): boolean => options.only.some((part) => names.includes(part))
  return [
    ...(wanted('eos', 'plain') ? [rawToolsSide(broker, options)] : []),
    ...services.filter(({ parts }) => wanted(...parts)).map((service) => serviceSide(broker, options, service)),
    ...(wanted('nest') ? nestPeers.map((peer) => nestSide(broker, options, { ...peer, records: nestRecords })) : []),
  ]
}

const services = [
  { name: 'eos', client: 'platformatic', exactlyOnce: true, parts: ['eos', 'clients'] },
  { name: 'eos, two instances', client: 'platformatic', exactlyOnce: true, instances: 2, parts: ['eos'] },
  { name: 'plain', client: 'platformatic', exactlyOnce: false, parts: ['plain', 'clients', 'nest'] },
  { name: 'eos, kafkajs', client: 'kafkajs', exactlyOnce: true, parts: ['clients'] },
  { name: 'plain, kafkajs', client: 'kafkajs', exactlyOnce: false, parts: ['clients'] },
]

/** The ways to run it that its users know: as it is by default, with all partitions at once, and without waiting for what is written. */
const nestPeers = [
  { name: 'nest', concurrently: 1, awaited: true },
  { name: 'nest, partitions at once', concurrently: 6, awaited: true },
  { name: 'nest, not awaited', concurrently: 6, awaited: false },
]

function bestOf(throughput: ReadonlyMap<string, Throughput>, prefix: string): number | undefined {
  const rates = [...throughput].filter(([name]) => name.startsWith(prefix)).map(([, { perSecond }]) => perSecond)
  return rates.length === 0 ? undefined : Math.max(...rates)
}

/** Open requests, and connections of pgbench. */
const acceptConnections = 64
/** Of each part of a round. */
const acceptSeconds = 10
/** Processes of the API: pgbench has one of PostgreSQL's for each connection, the API a single thread in each. */
const acceptInstances = 2

function acceptance({ stack }: Broker, { rounds, profile }: MessagingOptions, report: (line: string) => void): Promise<AcceptResult> {
  // Where it looks for its servers, as tests do.
  Object.assign(process.env, stack.env)
  const nodeArguments = profile === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`]
  const options = { connections: acceptConnections, seconds: acceptSeconds, rounds, instances: acceptInstances, path: process.env['PATH'] ?? '', nodeArguments }
  return accept({ ...options, report: (line) => report(`accept, ${line}`) })
}
