import type { Compression } from '../side.js'

/**
 * Settings of librdkafka, the Kafka client of both peers: acknowledged by all replicas, as ours, and what its own
 * documentation recommends for throughput: records wait for others for a little, and batches are large.
 */
export function producerSettings(compression: Compression): Readonly<Record<string, string>> {
  return {
    'acks': 'all',
    'compression.codec': compression,
    'linger.ms': '50',
    'batch.num.messages': '10000',
    'queue.buffering.max.messages': '500000',
    'queue.buffering.max.kbytes': '1048576',
  }
}
