import { writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type AvroSchema, encoder, subjectOf } from '@swipestream/contracts'
import { connect, type Connection, failureKind, MessagingError, type RecordToSend } from '@swipestream/messaging'
import { createLogger, loadConfig, runMain } from '@swipestream/platform'
import { bulkRecord } from '../bulk-records.js'
import { inputs, progress } from '../contracts.js'
import { bulkConfig, due, fencedExitCode, total } from './config.js'

const mostPerTransaction = 10_000
const pauseMs = 20
const afterFailureMs = 300
const progressKey = Buffer.from('bulk')

/**
 * Writes the bulk's records, each once, whatever kills it: how far it has come is a record of the same transaction.
 * Ends with 0 when all are written.
 */
await runMain('bulk', async () => {
  const config = loadConfig(bulkConfig, process.env)
  const logger = createLogger({ service: 'bulk', level: config.LOG_LEVEL })
  const connection = await connect({ service: 'bulk', config, produces: [inputs], onWait: (reason) => logger.warn({ err: reason }, 'waiting') })
  const id = await connection.registry.idOf(subjectOf(inputs, config.KAFKA_NAMESPACE), inputs.schema as AvroSchema)
  const encode = encoder(inputs.schema)
  const topic = config.KAFKA_NAMESPACE + inputs.name
  const progressTopic = config.KAFKA_NAMESPACE + progress.name
  const producer = connection.client.transactionalProducer(`${config.KAFKA_NAMESPACE}bulk`)

  function recordsOf(from: number, to: number): RecordToSend[] {
    const records: RecordToSend[] = []
    for (let n = from; n < to; n++) {
      const value = bulkRecord(config.CHAOS_SEED, n)
      records.push({ topic, key: Buffer.from(value.key), value: encode(id, value), headers: {} })
    }
    records.push({ topic: progressTopic, partition: 0, key: progressKey, value: Buffer.from(String(to)), headers: {} })
    return records
  }

  let next: number | null = null
  while (next === null || next < total(config)) {
    try {
      if (next === null) {
        await producer.open()
        next = await writtenBefore(connection, progressTopic)
        writeFileSync(config.CHAOS_AT_WORK, String(process.pid))
        logger.info({ next }, 'goes on')
      }
      const to: number = Math.min(due(config), next + mostPerTransaction)
      if (to > next) {
        await producer.write(recordsOf(next, to))
        next = to
      }
      await sleep(pauseMs)
    } catch (error) {
      if (error instanceof MessagingError && error.code === 'KAFKA_FENCED') {
        logger.warn({ err: error, next }, 'another writes now')
        process.exit(fencedExitCode)
      }
      if (failureKind(error) === 'fatal') throw error
      logger.warn({ err: error, next }, 'trying again')
      // Only after this it is not known what was written.
      if (error instanceof MessagingError && error.code === 'KAFKA_TRANSACTION_LOST') next = null
      await sleep(afterFailureMs)
    }
  }
  logger.info({ next }, 'done')
  await producer.close()
  await connection.close()
  process.exit(0)
})

/** The next number to write, as the last committed transaction says. */
async function writtenBefore({ client }: Connection, topic: string): Promise<number> {
  const reader = client.reader()
  try {
    const [bounds] = await reader.bounds(topic)
    let next = 0
    for await (const records of reader.read({ topic, partition: 0 }, bounds?.first ?? 0n, bounds?.end ?? 0n)) {
      next = Number(records.at(-1)?.value?.toString() ?? next)
    }
    return next
  } finally {
    await reader.close()
  }
}
