import { type ChildProcess, spawn } from 'node:child_process'
import { on } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { javaProgram } from '@swipestream/stack'

/** How long it may take to run, or to end when it is asked to, in milliseconds. */
const startPatienceMs = 120_000
const endPatienceMs = 30_000
const keptLines = 40

const logger = '-Dorg.slf4j.simpleLogger'
const flags = (heapMb: number): string[] => [
  `-Xmx${heapMb}m`, '-XX:+UseG1GC', `${logger}.defaultLogLevel=warn`,
  // At every start it recommends a handler for global stores, of which there are none.
  `${logger}.log.org.apache.kafka.streams.StreamsConfig=error`,
]

export interface KafkaStreamsOptions {
  readonly brokers: string
  /** Its group, and the prefix of its transactional ids and of its changelog: a new one begins with the first record. */
  readonly applicationId: string
  /** Topics, as the broker knows them. The three have the same number of partitions. */
  readonly input: string
  readonly decisions: string
  readonly alerts: string
  /** As the registry gave them. */
  readonly schemaIds: { readonly transaction: number; readonly decision: number; readonly alert: number }
  /** Default 1. */
  readonly threads?: number
  /** Default 100, as Kafka Streams has it for exactly once. */
  readonly commitIntervalMs?: number
  /** Default `memory`. */
  readonly store?: 'memory' | 'rocksdb'
  /** Greatest heap. Default 1,024. */
  readonly heapMb?: number
  /** Any settings of Kafka Streams, by their names, such as `producer.linger.ms`. */
  readonly settings?: Readonly<Record<string, string | number>>
  readonly onProgress?: (line: string) => void
}

/** What the program says of itself when it runs. */
export interface KafkaStreamsStarted {
  readonly state: 'RUNNING'
  readonly kafkaStreams: string
  readonly java: string
  readonly guarantee: string
  readonly threads: number
  readonly commitIntervalMs: number
  readonly store: string
}

export interface KafkaStreams {
  readonly pid: number
  readonly started: KafkaStreamsStarted
  /** The topic that it keeps the state of cards in. */
  readonly changelog: string
  /** Rejects when it ends before it is asked to. Awaiting it is up to the caller. */
  readonly failed: Promise<never>
  /** Asks it to end in order and waits until it has. @throws Error when it had failed, or did not end in order */
  stop(): Promise<void>
}

/**
 * Starts fraud-service's peer on Kafka Streams (bench/kafka-streams), and waits until it has its partitions. It ends with
 * this process, however that ends.
 *
 * @throws StackError when Java, Maven or the compiler is missing; Error when it does not come to run
 */
export async function startKafkaStreams(options: KafkaStreamsOptions): Promise<KafkaStreams> {
  const { command, args, env } = await javaProgram(
    {
      directory: fileURLToPath(new URL('../../kafka-streams', import.meta.url)),
      needs: 'Kafka Streams (about 85 MB, the first time only)',
      main: 'io.swipestream.streams.FraudPeer',
      flags: flags(options.heapMb ?? 1_024),
      args: argumentsOf(options),
    },
    options.onProgress === undefined ? {} : { onProgress: options.onProgress },
  )
  // Its input is a pipe from here, which closes when this process is gone.
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: 'pipe' })
  const log = lastLines(child.stderr)
  const ended = endOf(child)
  const failed = ended.then((how): never => {
    throw new Error(`Kafka Streams ended by itself: ${how}\n${log.join('\n')}`)
  })
  failed.catch(() => undefined) // also when nobody waits for it
  try {
    const started = await Promise.race([saidOn(child.stdout), failed])
    return {
      pid: child.pid as number,
      started,
      changelog: `${options.applicationId}-cards-changelog`,
      failed,
      stop: () => stop(child, ended),
    }
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  }
}

function argumentsOf({ brokers, applicationId, input, decisions, alerts, schemaIds, threads = 1, commitIntervalMs = 100, store = 'memory', settings = {} }: KafkaStreamsOptions): string[] {
  const named = {
    'bootstrap': brokers,
    'application-id': applicationId,
    input,
    decisions,
    alerts,
    'schema-ids': Object.entries(schemaIds).map(([name, id]) => `${name}=${id}`).join(','),
    threads,
    'commit-interval-ms': commitIntervalMs,
    store,
    'end-with-input': true,
  }
  return [
    ...Object.entries(named).flatMap(([name, value]) => [`--${name}`, String(value)]),
    ...Object.entries(settings).flatMap(([name, value]) => ['--set', `${name}=${value}`]),
  ]
}

/** The last of what a stream says, for the error message if there is one. */
function lastLines(stream: Readable): readonly string[] {
  const lines: string[] = []
  createInterface(stream).on('line', (line) => {
    lines.push(line)
    if (lines.length > keptLines) lines.shift()
  })
  return lines
}

/** How a process ended, when all it printed was read. */
function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('close', (code, signal) => resolve(`exit code ${code ?? signal}`))
    child.once('error', (error) => resolve(error.message))
  })
}

/** What the program says when it runs. A JVM may say something before it. */
async function saidOn(stdout: Readable): Promise<KafkaStreamsStarted> {
  const patience = AbortSignal.timeout(startPatienceMs)
  try {
    for await (const [line] of on(createInterface(stdout), 'line', { signal: patience })) {
      if (String(line).startsWith('{')) return JSON.parse(String(line)) as KafkaStreamsStarted
    }
  } catch (cause) {
    if (!patience.aborted) throw cause
  }
  throw new Error(`Kafka Streams did not run within ${startPatienceMs / 1_000} s`)
}

async function stop(child: ChildProcess, ended: Promise<string>): Promise<void> {
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), endPatienceMs)
  const how = await ended
  clearTimeout(late)
  if (how !== 'exit code 0') throw new Error(`Kafka Streams did not end in order: ${how}`)
}
