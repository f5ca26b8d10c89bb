/** The floor of hop latency: the Kafka client alone, which writes each record as it came to another topic. */
import { Consumer, MessagesStreamModes, ProduceAcks, Producer } from '@platformatic/kafka'
import { transactionsLog } from '@swipestream/contracts'
import { tell, whenAsked } from '../../child.js'
import { judgedLog } from '../topics.js'

const { KAFKA_BROKERS = '', KAFKA_NAMESPACE = '' } = process.env
const base = { clientId: 'bench-raw-hop', bootstrapBrokers: KAFKA_BROKERS.split(',') }
const producer = new Producer(base)
const consumer = new Consumer({ ...base, groupId: `${KAFKA_NAMESPACE}raw-hop` })
const stream = await consumer.consume({ topics: [KAFKA_NAMESPACE + transactionsLog.name], mode: MessagesStreamModes.EARLIEST, maxWaitTime: 100 })
let came: { topic: string; partition: number; key: Buffer; value: Buffer; headers: Map<Buffer, Buffer> }[] = []

stream.on('data', ({ key, value, headers, partition }) => {
  if (came.length === 0) setImmediate(write)
  came.push({ topic: KAFKA_NAMESPACE + judgedLog.name, partition, key, value, headers })
})

/** What came together is written together; no request waits for the answer to another. */
function write(): void {
  const messages = came
  came = []
  producer.send({ messages, acks: ProduceAcks.ALL }).catch((error: unknown) => {
    console.error(error)
    process.exit(1)
  })
}

whenAsked(async () => {
  await stream.close()
  await consumer.close()
  await producer.close()
})
tell('started')
