/** The floor of a swipe's first hops: an HTTP server that commits one row, writes one record, and answers. */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ProduceAcks, Producer } from '@platformatic/kafka'
import { Pool } from 'pg'
import { tell, whenAsked } from '../../child.js'

const { KAFKA_BROKERS = '', DATABASE_URL = '', BENCH_TOPIC = '', BENCH_PARTITIONS = '1' } = process.env
const partitions = Number(BENCH_PARTITIONS)
// As many connections as transactions-api has.
const pool = new Pool({ connectionString: DATABASE_URL, max: 10 })
const producer = new Producer({ clientId: 'bench-floor-api', bootstrapBrokers: KAFKA_BROKERS.split(',') })
let sequence = 0

const server = createServer((request, response) => {
  accept(request).then(
    () => response.writeHead(202, { 'content-type': 'application/json' }).end('{"status":"accepted"}'),
    (error: unknown) => {
      console.error(error)
      response.writeHead(500).end()
    },
  )
})
server.listen(0, '127.0.0.1', () => tell((server.address() as AddressInfo).port))
whenAsked(async () => {
  server.closeAllConnections()
  await producer.close()
  await pool.end()
})

async function accept(request: IncomingMessage): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks)
  const id = String(request.headers['idempotency-key'])
  await pool.query({ name: 'swipe', text: 'INSERT INTO floor_swipes (id, body) VALUES ($1, $2)', values: [id, body] })
  await producer.send({ messages: [{ topic: BENCH_TOPIC, partition: sequence++ % partitions, key: Buffer.from(id), value: body }], acks: ProduceAcks.ALL })
}
