import { FetchLoop } from '../fetch-loop.js'
import { endedWithin } from '../patience.js'
import type { Consumer, ConsumerOptions, ConsumerSink, KafkaClientOptions, PartitionOffset, TopicPartition } from '../ports.js'
import { Troubles } from '../troubles.js'
import { KafkajsCluster } from './cluster.js'
import { KafkajsFetchSource } from './fetch-source.js'
import { Membership } from './membership.js'

const requestTimeoutMs = 10_000
/** A broker that does not answer must not hold up the end of the process. */
const closePatienceMs = 2_000

/**
 * A member of a consumer group on the client's connections and requests. The client's own consumer hands on records of
 * aborted transactions, begins to read before it is told where, and repeats commits for partitions that have gone.
 */
export class KafkajsConsumer implements Consumer {
  readonly #cluster: KafkajsCluster
  readonly #membership: Membership
  readonly #fetching: FetchLoop
  readonly #troubles = new Troubles((error) => this.#tell((sink) => sink.health(error)), 'membership')
  #sink: ConsumerSink | null = null
  #closed: Promise<void> | undefined

  constructor(options: KafkaClientOptions, group: ConsumerOptions) {
    this.#cluster = new KafkajsCluster(options, requestTimeoutMs)
    const trouble = (part: string, error: Error | null): void => {
      if (error) this.#troubles.set(part, error)
      else this.#troubles.clear(part)
    }
    this.#fetching = new FetchLoop({
      source: new KafkajsFetchSource(this.#cluster, group.groupId),
      records: (...read) => this.#tell((sink) => sink.records(...read)),
      trouble: (part, error) => {
        trouble(part, error)
        if (error?.code === 'KAFKA_TOPIC_MISSING') this.#membership.look()
      },
    })
    this.#membership = new Membership({
      cluster: this.#cluster,
      group,
      trouble,
      assigned: (partitions) => {
        for (const partition of partitions) this.#fetching.add(partition)
        this.#tell((sink) => sink.assigned(partitions))
      },
      revoked: () => {
        const gone = this.#fetching.partitions
        for (const partition of gone) this.#fetching.remove(partition)
        if (gone.length > 0) this.#tell((sink) => sink.revoked(gone))
      },
    })
  }

  start(sink: ConsumerSink): void {
    this.#sink = sink
    this.#membership.start()
  }

  seek(partition: TopicPartition, offset: bigint | null): void {
    this.#fetching.seek(partition, offset)
  }

  pause(partition: TopicPartition): void {
    this.#fetching.pause(partition)
  }

  resume(partition: TopicPartition): void {
    this.#fetching.resume(partition)
  }

  async commit(offsets: readonly PartitionOffset[]): Promise<void> {
    const ours = offsets.filter((partition) => this.#fetching.has(partition))
    if (ours.length > 0) await this.#membership.commit(ours)
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close())
  }

  async #close(): Promise<void> {
    this.#sink = null
    const fetched = endedWithin(this.#fetching.close(), closePatienceMs)
    // A group that cannot be left finds out when the session has run out.
    await this.#membership.close().catch(() => undefined)
    await fetched
    await this.#cluster.close()
  }

  #tell(what: (sink: ConsumerSink) => void): void {
    if (this.#sink) what(this.#sink)
  }
}
