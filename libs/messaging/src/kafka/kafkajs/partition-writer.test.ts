import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RecordToSend } from '../ports.js'
import type { KafkajsCluster } from './cluster.js'
import { PartitionWriter } from './partition-writer.js'
import type { BatchToWrite, Node } from './protocol.js'

const brokerError = (type: string, retriable: boolean) => Object.assign(new Error(type), { type, retriable })
/** What a leader does with the next request: takes it, takes it and is not heard, does not get it, or says that another leads. */
type Weather = 'fair' | 'unheard' | 'lost' | 'moved'

/** One leader of two partitions that keeps to Kafka's rules of sequences: what it has it confirms again, what does not follow it refuses. */
class FakeCluster {
  readonly log = new Map<number, string[]>([[0, []], [1, []]])
  readonly #last = new Map<number, { first: number; next: number }>()
  weather: Weather[] = []
  largest = Number.POSITIVE_INFINITY

  know = async (topics: readonly string[]): Promise<string[]> => topics.filter((topic) => topic !== 't')
  partitionCount = (topic: string): number => (topic === 't' ? 2 : 0)
  leaderOf = (): number => 1
  noteFailure = (): void => undefined
  node = async (): Promise<Node> => ({ produce: this.#produce }) as unknown as Node

  readonly #produce: Node['produce'] = async ({ topicData }) => {
    const weather = this.weather.shift() ?? 'fair'
    if (weather === 'lost') throw new Error('Connection refused')
    if (weather === 'moved') throw brokerError('NOT_LEADER_FOR_PARTITION', true)
    const refusals = topicData.flatMap(({ partitions }) => partitions.map((batch) => this.#append(batch))).filter((refusal) => refusal !== null)
    if (weather === 'unheard') throw new Error('Connection closed')
    if (refusals[0]) throw refusals[0]
  }

  #append({ partition, firstSequence, messages }: BatchToWrite): Error | null {
    if (messages.some(({ value }) => (value?.length ?? 0) > this.largest) || messages.length > 3) return brokerError('MESSAGE_TOO_LARGE', false)
    const last = this.#last.get(partition) ?? { first: -1, next: 0 }
    if (firstSequence === last.first && firstSequence + messages.length === last.next) return null
    if (firstSequence !== last.next) return brokerError('OUT_OF_ORDER_SEQUENCE_NUMBER', false)
    this.#last.set(partition, { first: firstSequence, next: firstSequence + messages.length })
    this.log.get(partition)?.push(...messages.map(({ value }) => String(value)))
    return null
  }
}

function writerOn(cluster: FakeCluster): PartitionWriter {
  return new PartitionWriter(cluster as unknown as KafkajsCluster, 0, { producerId: '1', producerEpoch: 0 })
}
const record = (value: string, partition: number, topic = 't'): RecordToSend => ({ topic, partition, key: null, value: Buffer.from(value), headers: {} })
const never = new AbortController().signal

describe('write', () => {
  it('writes every record once, in order, whatever becomes of its requests', async () => {
    const weather = fc.array(fc.constantFrom<Weather>('fair', 'unheard', 'lost', 'moved'), { maxLength: 4 })
    const batch = fc.tuple(weather, fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 1, maxLength: 9 }))
    await fc.assert(
      fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 3 }), async (batches) => {
        const cluster = new FakeCluster()
        const writer = writerOn(cluster)
        const sent: RecordToSend[] = []
        for (const [each, partitions] of batches) {
          cluster.weather = each
          const records = partitions.map((partition) => record(String(sent.length + partition / 10), partition))
          sent.push(...records)
          expect(await writer.write(records, never)).toEqual(new Map())
        }
        for (const partition of [0, 1]) expect(cluster.log.get(partition)).toEqual(sent.filter((one) => one.partition === partition).map(({ value }) => String(value)))
        expect(writer.inDoubt).toBe(false)
      }),
      { numRuns: 20 },
    )
  })

  it('refuses only what is too large alone, and gives its sequence to what comes after it', async () => {
    const cluster = new FakeCluster()
    cluster.largest = 5
    const writer = writerOn(cluster)
    const large = record('too large', 0)
    const failed = await writer.write([record('a', 0), large, record('b', 0), record('c', 1)], never)
    expect([...failed.keys()]).toEqual([large])
    expect(failed.get(large)).toMatchObject({ code: 'KAFKA_RECORD_TOO_LARGE' })
    await writer.write([record('d', 0), record('e', 1)], never)
    expect([...cluster.log.values()]).toEqual([['a', 'b', 'd'], ['c', 'e']])
    expect(writer.inDoubt).toBe(false)
  })

  it('is in doubt when it stops before it has heard what became of a request', async () => {
    const cluster = new FakeCluster()
    cluster.weather = Array.from({ length: 50 }, () => 'unheard')
    const writer = writerOn(cluster)
    const ending = new AbortController()
    setTimeout(() => ending.abort(), 20)
    const failed = await writer.write([record('a', 0)], ending.signal)
    expect([...failed.values()]).toMatchObject([{ code: 'KAFKA_UNAVAILABLE' }])
    expect(writer.inDoubt).toBe(true)
  })

  it('leaves out what nobody waits for any more, unless it was sent: it may have been written', async () => {
    const cluster = new FakeCluster()
    const writer = writerOn(cluster)
    const [gone, left, kept] = ['gone', 'left', 'kept'].map((value) => record(value, value === 'left' ? 1 : 0)) as [RecordToSend, RecordToSend, RecordToSend]
    const { node } = cluster
    let unwanted: RecordToSend[] = []
    const wanted = (records: RecordToSend[]) => records.filter((each) => !unwanted.includes(each))
    cluster.node = () => {
      cluster.node = node
      unwanted = [gone]
      return Promise.reject(new Error('Connection refused'))
    }
    expect(await writer.write([gone, kept], never, wanted)).toEqual(new Map())
    cluster.node = () => {
      unwanted = [left]
      cluster.weather = ['lost']
      cluster.node = node
      return node()
    }
    expect(await writer.write([left], never, wanted)).toEqual(new Map())
    expect([...cluster.log.values()]).toEqual([['kept'], ['left']])
  })

  it('says of a topic that is missing, and of a partition that is not there, and writes the others', async () => {
    const cluster = new FakeCluster()
    const failed = await writerOn(cluster).write([record('a', 0, 'none'), record('b', 2), record('c', 1)], never)
    expect([...failed].map(([{ value }, { code }]) => [String(value), code])).toEqual([['a', 'KAFKA_TOPIC_MISSING'], ['b', 'KAFKA_CLIENT']])
    expect(cluster.log.get(1)).toEqual(['c'])
  })
})
