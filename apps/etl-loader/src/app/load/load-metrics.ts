import type { KafkaRecord } from '@swipestream/messaging'
import { counter, histogram, LATENCY_BUCKETS_SECONDS } from '@swipestream/platform'

/** Figures of loading, by topic. */
export class LoadMetrics {
  readonly #records = counter({ name: 'etl_load_records_total', help: 'Records brought to the warehouse', labels: ['topic'] })
  readonly #seconds = histogram({ name: 'etl_load_batch_seconds', help: 'Time from reading a batch to its commit in the warehouse', labels: ['topic'], buckets: LATENCY_BUCKETS_SECONDS })
  readonly #freshness = histogram({ name: 'etl_load_freshness_seconds', help: 'Age of the oldest record of a batch when it is in the warehouse', labels: ['topic'], buckets: LATENCY_BUCKETS_SECONDS })

  stored(topic: string, records: readonly KafkaRecord[], elapsedMs: number): void {
    this.#records.inc({ topic }, records.length)
    this.#seconds.observe({ topic }, elapsedMs / 1_000)
    const oldest = records.reduce((least, { timestamp }) => Math.min(least, timestamp), Number.POSITIVE_INFINITY)
    if (Number.isFinite(oldest)) this.#freshness.observe({ topic }, Math.max(0, Date.now() - oldest) / 1_000)
  }
}
