import { Producer } from '@platformatic/kafka'
import { onTestFinished } from 'vitest'

export type RawTransaction = Awaited<ReturnType<Producer<Buffer, Buffer, Buffer, Buffer>['beginTransaction']>>

/** A transaction of a process of its own, to be left as it is, aborted or committed when the test likes. */
export async function rawTransaction(transactionalId: string): Promise<RawTransaction> {
  const bootstrapBrokers = (process.env['KAFKA_BROKERS'] ?? '').split(',')
  const producer = new Producer<Buffer, Buffer, Buffer, Buffer>({ clientId: 'raw', bootstrapBrokers, idempotent: true, transactionalId })
  onTestFinished(() => producer.close(true))
  return producer.beginTransaction()
}

/** Writes values to the topic's first partition, under one key. */
export async function sendBy(transaction: RawTransaction, topic: string, values: readonly string[], key = 'k'): Promise<void> {
  await transaction.send({ acks: -1, messages: values.map((value) => ({ topic, partition: 0, key: Buffer.from(key), value: Buffer.from(value) })) })
}
