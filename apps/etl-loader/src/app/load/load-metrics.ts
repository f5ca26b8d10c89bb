import type { KafkaRecord } from '@swipestream/messaging'
import { counter, gauge, histogram, LATENCY_BUCKETS_SECONDS } from '@swipestream/platform'

/** Figures of loading, by topic. */
export class LoadMetrics {
  readonly #records = counter({ name: 'etl_load_records_total', help: 'Records brought to the warehouse', labels: ['topic'] })
  readonly #seconds = histogram({ name: 'etl_load_batch_seconds', help: 'Time from reading a batch to its commit in the warehouse', labels: ['topic'], buckets: LATENCY_BUCKETS_SECONDS })
  readonly #freshness = histogram({ name: 'etl_load_freshness_seconds', help: 'Age of the oldest record of a batch when it is in the warehouse', labels: ['topic'], buckets: LATENCY_BUCKETS_SECONDS })

  readonly #lag = gauge({ name: 'etl_load_lag_records', help: 'Records of a partition that are not in the warehouse yet, when its topic was last looked at', labels: ['topic', 'partition'] })
  readonly #quarantined = counter({ name: 'etl_load_quarantined_total', help: 'Records that could not be loaded and stand in the quarantine', labels: ['topic'] })

  /** By topic: the last moment of which all that it held is in the warehouse; while there is none, when it was first read. */
  readonly #completeAt = new Map<string, number>()

  constructor() {
    const completeAt = this.#completeAt
    gauge({
      name: 'etl_load_delay_seconds',
      help: 'How far the warehouse may be behind the topic: age of the newest moment of which all records are in the warehouse',
      labels: ['topic'],
      collect() {
        for (const [topic, at] of completeAt) this.set({ topic }, Math.max(0, performance.now() - at) / 1_000)
      },
    })
  }

  /** A topic is read, from now on. */
  begun(topic: string): void {
    if (!this.#completeAt.has(topic)) this.#completeAt.set(topic, performance.now())
  }

  /** @param at when it was asked what the topic holds, by `performance.now()` */
  complete(topic: string, at: number): void {
    this.#completeAt.set(topic, at)
  }

  stored(topic: string, records: readonly KafkaRecord[], elapsedMs: number): void {
    this.#records.inc({ topic }, records.length)
    this.#seconds.observe({ topic }, elapsedMs / 1_000)
    const oldest = records.reduce((least, { timestamp }) => Math.min(least, timestamp), Number.POSITIVE_INFINITY)
    if (Number.isFinite(oldest)) this.#freshness.observe({ topic }, Math.max(0, Date.now() - oldest) / 1_000)
  }

  /**
   * @param ends of the topic's partitions: of the next record to be written
   * @param stored the next one to load; none where nothing was loaded yet
   */
  lag(topic: string, ends: ReadonlyMap<number, bigint>, stored: ReadonlyMap<number, bigint>): void {
    for (const [partition, end] of ends) this.#lag.set({ topic, partition }, Number(end - (stored.get(partition) ?? 0n)))
  }

  quarantined(topic: string, records: number): void {
    this.#quarantined.inc({ topic }, records)
  }
}
