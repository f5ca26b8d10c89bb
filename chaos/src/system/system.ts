import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connectRegistry, subjectOf } from '@swipestream/contracts'
import { createTopics, kafkaClient } from '@swipestream/messaging'
import { freePort, startStack, type Stack } from '@swipestream/stack'
import { Client } from 'pg'
import { avroTopics, definitions } from '../contracts.js'
import { type Call, callsOf } from '../oracle/handled.js'
import { fencedExitCode } from '../programs/config.js'
import type { Options } from '../options.js'
import { failedCoordinators } from './failed-coordinators.js'
import { Program, type ProgramOptions } from './program.js'

/** How long a member may be silent: the least that the configuration takes. */
export const sessionMs = 6_000
/** Of the records, so many per cent are written by the producer of the bulk, the others through the outbox. */
const bulkPercent = 90
export const memberCount = 3
const writerCount = 2
const readyWithinMs = 90_000
const endless = 2 ** 31 - 1
/** Ahead of what is due when the load is ended: nobody can have written more. In milliseconds. */
const endAheadMs = 3_000

/** Everything that runs: servers, writers, members. */
export interface System {
  readonly stack: Stack
  /** How many the producer of the bulk has to write. */
  bulkRecords: number
  /** When the first record was due, in milliseconds since the Unix epoch. */
  readonly from: number
  readonly members: readonly Program[]
  /** One more that comes and goes. */
  readonly guest: Program
  readonly writers: readonly Program[]
  /** Starts a producer of the bulk, beside those that run: a transactional id has one owner. */
  startBulk(): Promise<Program>
  bulk: Program
  /** Writers write what is due by now, and no more. */
  endLoad(): Promise<void>
  readonly deaths: readonly string[]
  /** What the table of the writers says was written. */
  entries(): Promise<{ key: string; sequence: number; value: number }[]>
  calls(): Promise<Call[]>
  /** How often the broker has given up coordinating a group by now. */
  failedCoordinators(): Promise<number>
  /** Where Kafka keeps its log. */
  readonly data: string
  /** Logs of all programs; with the broker's own where they are kept. */
  readonly logs: string
  /** Ends everything; the logs stay when they may be needed. */
  stop(options: { readonly keepLogs: boolean }): Promise<void>
}

export async function startSystem({ minutes, records, seed, client, rolling }: Options, onProgress: (line: string) => void): Promise<System> {
  const home = fileURLToPath(new URL('../../../.stack/chaos', import.meta.url))
  await mkdir(home, { recursive: true })
  const logs = await mkdtemp(join(home, 'run-'))
  const stack = await startStack({ servers: ['kafka', 'registry', 'postgres'], sustainedLoad: true, onProgress })
  try {
    return await startPrograms()
  } catch (error) {
    await stack.stop()
    throw error
  }

  async function startPrograms(): Promise<System> {
    const kafka = { KAFKA_BROKERS: (stack.env.KAFKA_BROKERS ?? '').split(','), KAFKA_CLIENT: client }
    await createTopics(kafkaClient(kafka, 'chaos'), { replicas: 1, definitions })
    const registry = connectRegistry({ url: stack.env.SCHEMA_REGISTRY_URL ?? '' })
    for (const topic of avroTopics) await registry.register(subjectOf(topic), topic.schema)
    const databaseUrl = await stack.createDatabase('chaos')

    const bulkRecords = Math.floor((records * bulkPercent) / 100)
    const seconds = minutes * 60
    const common = {
      KAFKA_BROKERS: stack.env.KAFKA_BROKERS ?? '',
      SCHEMA_REGISTRY_URL: stack.env.SCHEMA_REGISTRY_URL ?? '',
      KAFKA_CLIENT: client,
      KAFKA_SESSION_TIMEOUT_MS: String(sessionMs),
      CHAOS_SEED: String(seed),
      LOG_LEVEL: 'info',
    }
    const deaths: string[] = []
    const onDeath = (sentence: string): void => {
      deaths.push(sentence)
      onProgress(sentence)
    }
    const program = (name: string, file: string, env: Record<string, string>, ready: ProgramOptions['ready'], doneWith: number[] = []) =>
      new Program(stack, logs, { name, file, env: { ...common, ...env }, ready, doneWith, onDeath })
    const callsFile = (name: string): string => join(logs, `${name}.calls`)
    const member = async (i: number) => {
      const name = `member-${i}`
      return program(name, 'member', { CHAOS_CALLS: callsFile(name) }, { port: await freePort() })
    }
    const members = await Promise.all(Array.from({ length: memberCount + 1 }, (_, i) => member(i + 1)))
    const [guest] = members.splice(memberCount)
    if (!guest) throw new RangeError('a system has members')
    await startAll(members)

    const from = Date.now()
    const load = { bulk: bulkRecords, outbox: records - bulkRecords }
    const endFile = (of: keyof typeof load): string => join(logs, `${of}.end`)
    const paced = (of: keyof typeof load) => ({
      CHAOS_FROM: String(from),
      CHAOS_PER_SECOND: String(load[of] / seconds),
      // Restarts take as long as they take: the load lasts until it is ended.
      CHAOS_RECORDS: String(rolling === null ? load[of] : endless),
      CHAOS_END: endFile(of),
    })
    const writers = await Promise.all(
      Array.from({ length: writerCount }, async (_, i) =>
        program(`writer-${i + 1}`, 'outbox-writer', { ...paced('outbox'), DATABASE_URL: databaseUrl }, { port: await freePort() })),
    )
    let bulks = 0
    const startBulk = async (): Promise<Program> => {
      const name = `bulk-${++bulks}`
      const bulk = program(name, 'bulk', paced('bulk'), { file: join(logs, `${name}.at-work`) }, [0, fencedExitCode])
      await bulk.start()
      return bulk
    }
    const bulk = await startBulk()
    await startAll([...writers, bulk])
    const system: System = {
      stack, bulkRecords, from, members, guest, writers, startBulk, bulk, deaths, logs,
      data: join(stack.dir, 'kafka', 'data'),
      async endLoad() {
        for (const of of ['bulk', 'outbox'] as const) {
          const count = Math.ceil(((Date.now() + endAheadMs - from) / 1_000) * (load[of] / seconds))
          if (of === 'bulk') system.bulkRecords = count
          await writeFile(`${endFile(of)}.part`, String(count))
          await rename(`${endFile(of)}.part`, endFile(of))
        }
      },
      failedCoordinators: async () => failedCoordinators(await readFile(stack.logFile('kafka'), 'utf8')),
      entries: () => entriesOf(databaseUrl),
      async calls() {
        const texts = await Promise.all([...members, guest].map(({ name }) => readFile(callsFile(name), 'utf8').catch(() => '')))
        return texts.flatMap(callsOf)
      },
      async stop({ keepLogs }) {
        if (keepLogs) {
          await cp(join(stack.dir, 'kafka', 'data'), join(logs, 'data'), { recursive: true })
          await cp(stack.logFile('kafka'), join(logs, 'kafka.log'))
        }
        await stack.stop()
        if (!keepLogs) await rm(logs, { recursive: true, force: true })
      },
    }
    return system
  }
}

async function startAll(programs: readonly Program[]): Promise<void> {
  for (const each of programs) if (!each.running) await each.start()
  for (const each of programs) {
    if (!(await each.readyWithin(readyWithinMs))) throw new Error(`${each.name} did not become ready (${await each.notReady()}): see ${each.log}`)
  }
}

async function entriesOf(connectionString: string): Promise<{ key: string; sequence: number; value: number }[]> {
  const client = new Client({ connectionString })
  await client.connect()
  try {
    const { rows } = await client.query<{ key: number; sequence: number; value: string }>('SELECT key, sequence, value FROM entry ORDER BY key, sequence')
    return rows.map(({ key, sequence, value }) => ({ key: `outbox-${key}`, sequence, value: Number(value) }))
  } finally {
    await client.end()
  }
}
