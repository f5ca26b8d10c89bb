import { callbackify } from 'node:util'
import { type Connection, NetworkError, ProtocolError, Reader, readRecordsBatch, ResponseError, UserError, type Writer } from '@platformatic/kafka'
import { vi } from 'vitest'
import { nameOf } from '../ports.js'
import type { Brokers, Request } from './brokers.js'

/** Numbers of requests in Kafka's protocol. */
export const apis = { produce: 0, initProducerId: 22, addPartitions: 24, addOffsets: 25, endTxn: 26, txnOffsetCommit: 28 } as const

/**
 * What becomes of a request: it is lost on its way there, or its answer is on the way back; an error's name: it is
 * answered by that; null: all is well.
 */
export type Fate = 'lost' | 'answer lost' | { readonly error: string } | null

interface Asked {
  readonly api: keyof typeof apis
  readonly payload: Buffer
}

/** Brokers that keep what is written, each batch once, as `PartitionWriter` and the producers see them. */
export class FakeCluster {
  /** Number of partitions by topic. */
  readonly topics = new Map<string, number>()
  /** Bytes of records that are taken for a partition in one request. */
  limit = 1_048_588
  readonly log = new Map<string, string[]>()
  readonly asked: Asked[] = []
  /** Values of every Produce. */
  readonly produced: string[][] = []
  metadataRequests = 0
  /** A request that has come is taken up only after this. */
  hold: (api: keyof typeof apis) => Promise<void> = () => Promise.resolve()
  fate: (api: keyof typeof apis, time: number) => Fate = () => null
  producerId = 4_000n
  epoch = 0
  readonly #next = new Map<string, number>()
  readonly #times = new Map<string, number>()

  /** They are `Brokers` to whoever asks them. */
  get brokers(): Brokers {
    const ask = <T>(request: Request<T>) => request({ send: this.#send } as unknown as Connection)
    const brokers: Pick<Brokers, 'use' | 'release' | 'metadata' | 'forgetMetadata' | 'at' | 'atAny' | 'atCoordinator'> = {
      use: () => undefined,
      release: () => Promise.resolve(),
      forgetMetadata: () => undefined,
      metadata: (topics) => this.#metadata([...topics]),
      at: (_, request) => ask(request),
      atAny: ask,
      atCoordinator: (_, __, request) => ask(request),
    }
    return brokers as unknown as Brokers
  }

  times(api: keyof typeof apis): number {
    return this.#times.get(api) ?? 0
  }

  async #metadata(topics: readonly string[]): Promise<Awaited<ReturnType<Brokers['metadata']>>> {
    this.metadataRequests++
    const missing = topics.find((topic) => !this.topics.has(topic))
    if (missing) throw new UserError(`Unknown topic ${missing}.`)
    const partition = { leader: 1, leaderEpoch: 0, replicas: [1], isr: [1], offlineReplicas: [] }
    const known = [...this.topics].map(([name, partitionsCount]) => [name, { id: name, partitionsCount, lastUpdate: 0, partitions: Array.from({ length: partitionsCount }, () => partition) }] as const)
    return { id: 'c', controllerId: 1, lastUpdate: 0, topics: new Map(known), brokers: new Map([[1, { host: 'localhost', port: 1, rack: null }]]) }
  }

  readonly #send: Connection['send'] = (apiKey, version, createPayload, _parser, _request, _response, callback) => {
    callbackify(() => this.#answer(apiKey, version, createPayload))(callback as (error: Error | null, response: unknown) => void)
  }

  async #answer(apiKey: number, version: number, createPayload: () => Writer | Promise<Writer>): Promise<unknown> {
    const api = (Object.keys(apis) as (keyof typeof apis)[]).find((name) => apis[name] === apiKey) as keyof typeof apis
    const payload = (await createPayload()).buffer
    const time = this.times(api) + 1
    this.#times.set(api, time)
    this.asked.push({ api, payload })
    await this.hold(api)
    const fate = this.fate(api, time)
    if (fate === 'lost') throw new NetworkError('Connection closed')
    const refused = fate === null || fate === 'answer lost' ? 0 : new ProtocolError(fate.error)['apiCode'] as number
    const response = api === 'produce' ? this.#produce(payload, refused) : { producerId: this.producerId, producerEpoch: api === 'initProducerId' && refused === 0 ? this.epoch++ : 0 }
    if (fate === 'answer lost') throw new NetworkError('Connection closed')
    const codes = 'responses' in response ? response.responses.flatMap(({ partitionResponses }) => partitionResponses.map(({ errorCode }) => errorCode)) : [refused]
    const errors = codes.flatMap((code, i): [string, [number, null]][] => (code === 0 ? [] : [[`/${i}`, [code, null]]]))
    if (errors.length > 0) throw new ResponseError(apiKey, version, Object.fromEntries(errors), response)
    return response
  }

  #produce(payload: Buffer, refused: number) {
    const reader = Reader.from(payload)
    reader.readNullableString()
    reader.readInt16()
    reader.readInt32()
    const values: string[] = []
    const responses = reader.readArray((topics) => {
      const name = topics.readString()
      const partitionResponses = topics.readArray((partitions) => {
        const index = partitions.readInt32()
        const bytes = partitions.readBytes()
        const batch = readRecordsBatch(Reader.from(bytes))
        const texts = batch.records.map(({ value }) => String(value))
        values.push(...texts)
        const errorCode = refused || this.#append(nameOf({ topic: name, partition: index }), batch.producerId, batch.firstSequence, bytes.length, texts)
        return { index, errorCode }
      })
      return { name, partitionResponses }
    })
    this.produced.push(values)
    return { responses, throttleTimeMs: 0 }
  }

  /** As a leader does: what it has already is not written again, and no number may be left out. */
  #append(name: string, producer: bigint, sequence: number, bytes: number, values: readonly string[]): number {
    if (bytes > this.limit) return 10
    const of = `${name} ${producer} ${this.epoch}`
    const next = this.#next.get(of) ?? 0
    if (sequence + values.length === next) return 0
    if (sequence !== next) return 45
    this.#next.set(of, next + values.length)
    this.log.set(name, [...(this.log.get(name) ?? []), ...values])
    return 0
  }
}

/** Time that passes only while something waits to be tried again: a second each time. */
export function fastRetries(): { retryDelay: () => Promise<void> } {
  let now = 0
  vi.spyOn(performance, 'now').mockImplementation(() => now)
  return {
    retryDelay: async () => {
      now += 1_000
      await Promise.resolve()
    },
  }
}
