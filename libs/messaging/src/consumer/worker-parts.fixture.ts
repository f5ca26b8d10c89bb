import { fraudFeedback, type Topic } from '@swipestream/contracts'
import { Envelope } from '../envelope.js'
import type { PartitionOffset, Producer, Progress, Reader, RecordToSend } from '../kafka/ports.js'
import type { Schemas } from '../schemas.js'
import { AtLeastOnce } from './at-least-once.js'
import type { WorkerObserver, WorkerParts } from './partition-worker.js'

/** Bytes are taken for what they say: no Avro, no registry. */
const schemas = {
  encode: (_topic: Topic<unknown>, value: unknown) => Buffer.from(JSON.stringify(value)),
  prepare: () => undefined,
  decode: (_topic: Topic<unknown>, bytes: Buffer) => bytes.toString(),
} as unknown as Schemas

/** A worker's surroundings, all of them in memory, and what was done with them. */
export function workerParts({ producer: givenProducer, ...more }: Partial<WorkerParts> & { producer?: Producer } = {}) {
  const sent: RecordToSend[] = []
  const handled: PartitionOffset[] = []
  const fatal: unknown[] = []
  const observed: string[] = []
  const producer: Producer = givenProducer ?? {
    send: (records) => {
      sent.push(...records)
      return Promise.resolve()
    },
    close: () => Promise.resolve(),
  }
  const reader: Reader = {
    bounds: () => Promise.resolve([{ first: 0n, end: 0n }]),
    written: () => Promise.resolve([0n]),
    offsetsAt: () => Promise.resolve([0n]),
    read: () => (async function* () {})(),
    close: () => Promise.resolve(),
  }
  const observe: WorkerObserver = {
    waits: (_at, reason) => observed.push(reason ? `waits: ${reason.message}` : 'goes on'),
    retried: () => undefined,
    gaveUp: () => observed.push('gave up'),
    handled: () => undefined,
    backlog: (_at, { behind }) => {
      if (observed.at(-1) !== `lag ${behind}`) observed.push(`lag ${behind}`)
    },
    restoring: () => undefined,
    restored: () => undefined,
    released: () => observed.push('released'),
  }
  const parts: WorkerParts = {
    subscription: { topic: fraudFeedback, batch: 0, state: {}, tables: {}, exactlyOnce: false },
    groupId: 'g',
    handle: () => Promise.resolve([]),
    schemas,
    envelope: new Envelope(schemas, '', 'svc'),
    reader: () => reader,
    tables: { open: () => ({ views: {}, loaded: Promise.resolve(), release: () => undefined }) },
    onStateSkipped: () => undefined,
    policy: { unknownAttempts: 2, firstDelayMs: 1, maxDelayMs: 5 },
    drainMs: 100,
    fencedMs: 50,
    flow: { begin: () => observed.push('begins'), pause: () => undefined, resume: () => undefined },
    delivery: (revoked) => new AtLeastOnce(producer, (next) => handled.push(next), revoked),
    observe,
    fatal: (error) => fatal.push(error),
    ...more,
  }
  return { parts, producer, sent, handled, fatal, observed }
}

/** Reading has come to the end of the log. */
export function upTo(end: bigint): Progress {
  return { next: end, end }
}
