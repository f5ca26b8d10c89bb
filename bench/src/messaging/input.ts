import { Producer, ProduceAcks } from '@platformatic/kafka'
import type { Broker } from './broker.js'
import { partitions } from './broker.js'
import { jsonInput } from './topics.js'
import { swipe, transactionOf } from './transaction.js'

const chunk = 5_000

/** Writes the transactions that every side reads, as transactions-api does. */
export async function fillInput({ connection }: Broker, records: number): Promise<void> {
  for (let from = 0; from < records; from += chunk) {
    await connection.publish(Array.from({ length: Math.min(chunk, records - from) }, (_, i) => swipe(from + i)))
  }
}

/** The same as JSON, with the card as key. */
export async function fillJsonInput({ brokers }: Broker, records: number): Promise<void> {
  const producer = new Producer({ clientId: 'bench-json', bootstrapBrokers: brokers.split(',') })
  try {
    for (let from = 0; from < records; from += chunk) {
      const messages = Array.from({ length: Math.min(chunk, records - from) }, (_, i) => {
        const transaction = transactionOf(from + i)
        return { topic: jsonInput, partition: i % partitions, key: Buffer.from(transaction.card_id), value: Buffer.from(JSON.stringify(transaction)) }
      })
      await producer.send({ messages, acks: ProduceAcks.ALL })
    }
  } finally {
    await producer.close()
  }
}
