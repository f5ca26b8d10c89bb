import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decoder, type LogLine, serverLogs } from '@swipestream/contracts'
import type { RecordToSend } from '@swipestream/messaging'
import { eventually } from '@swipestream/messaging/testing'
import type { FileRecord } from '../../domain/file-identity.js'
import { CheckpointFile } from '../../files/checkpoint-file.js'
import type { LogInput, ShipOptions } from './input.js'
import type { ShipObserver } from './observer.js'
import { ShipCounts } from './ship-counts.js'
import { Shipper } from './shipper.js'

const schemaId = 7

/** A topic in memory that can be away. */
export class MemoryTopic {
  readonly name = 'server_logs'
  readonly schemaId = schemaId
  readonly lines: LogLine[] = []
  sends = 0
  refuse: ((records: readonly RecordToSend[]) => Error | null) | null = null
  readonly #decoder = decoder<LogLine>(serverLogs.schema)

  send(records: readonly RecordToSend[]): Promise<void> {
    this.sends++
    const error = this.refuse?.(records) ?? null
    if (error !== null) return Promise.reject(error)
    for (const { value } of records) this.lines.push(this.#decoder.decode(value as Buffer, () => serverLogs.schema))
    return Promise.resolve()
  }

  /** What came, in order, without what came twice. */
  get messages(): string[] {
    return this.once.map(({ message }) => message)
  }

  /** Entries as the index has them: once by file and offset. */
  get once(): LogLine[] {
    return [...new Map(this.lines.map((line) => [`${line.file_id}-${line.offset}`, line])).values()]
  }
}

export interface Shipping {
  readonly directory: string
  readonly topic: MemoryTopic
  readonly counts: ShipCounts
  readonly told: string[]
  path(name: string): string
  /** Starts a shipper on the same state. */
  start(over?: Partial<ShipOptions>, input?: Partial<LogInput>): Promise<void>
  /** Ends it in order. */
  stop(): Promise<void>
  /** Ships what is there. */
  once(over?: Partial<ShipOptions>, input?: Partial<LogInput>): Promise<void>
  reopen(): void
  /** Whether checkpoints fail. */
  full: boolean
  checkpoint(): Promise<FileRecord[]>
  /** Waits until so many different entries have come. */
  came(count: number): Promise<void>
  remove(): Promise<void>
}

/** A directory of log files and a shipper on it. */
export async function shipping(): Promise<Shipping> {
  const directory = await mkdtemp(join(tmpdir(), 'ship-'))
  const topic = new MemoryTopic()
  const counts = new ShipCounts()
  const told: string[] = []
  const file = new CheckpointFile(directory)
  let running: { shipper: Shipper; done: Promise<void>; end: AbortController } | null = null

  const observer: ShipObserver = {
    trouble: (reason, path) => told.push(`${reason} ${path.replace(`${directory}/`, '')}`),
    recovered: (path) => told.push(`recovered ${path.replace(`${directory}/`, '')}`),
    file: (event, path) => told.push(`${event} ${path.replace(`${directory}/`, '')}`),
    health: () => undefined,
  }
  const self: Shipping = {
    directory,
    topic,
    counts,
    told,
    full: false,
    path: (name) => join(directory, name),
    async start(over = {}, input = {}) {
      const options: ShipOptions = {
        host: 'h1',
        inputs: [{ name: 'in', paths: [join(directory, '*.log')], exclude: [], service: 'shop', format: 'auto', encoding: 'utf-8', multiline: null, ...input }],
        redaction: { tokens: true, cards: true, emails: true },
        maxLineBytes: 10_000,
        batchBytes: 100_000,
        pollMs: 10,
        scanMs: 20,
        partialMs: 10_000,
        rotatedMs: 200,
        checkpointMs: 20,
        once: false,
        ...over,
      }
      const end = new AbortController()
      const store = {
        save: (records: readonly FileRecord[]) => (self.full ? Promise.reject(new Error('the disk is full')) : file.save(records)),
      }
      const shipper = new Shipper({ options, topic, store, records: await file.load(), observer, counts })
      running = { shipper, end, done: shipper.run(end.signal) }
      running.done.catch(() => undefined)
    },
    async stop() {
      running?.end.abort()
      await running?.done
      running = null
    },
    async once(over = {}, input = {}) {
      await self.start({ once: true, ...over }, input)
      await running?.done
      running = null
    },
    reopen: () => running?.shipper.reopen(),
    checkpoint: () => new CheckpointFile(directory).load(),
    async came(count) {
      await eventually(() => {
        if (topic.once.length < count) throw new Error(`${topic.once.length} of ${count} entries: ${told.join(', ')}`)
        return true
      }, { intervalMs: 5 })
    },
    async remove() {
      await self.stop()
      await rm(directory, { recursive: true, force: true })
    },
  }
  return self
}
