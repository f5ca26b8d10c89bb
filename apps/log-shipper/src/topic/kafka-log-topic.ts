import { setTimeout as delay } from 'node:timers/promises'
import { serverLogs, subjectOf } from '@swipestream/contracts'
import { type ConnectionConfig, kafkaClient, registryOf } from '@swipestream/messaging'
import { kindOf, toError } from '@swipestream/platform'
import type { LogTopic } from '../app/ship/log-topic.js'

const waitMs = 1_000

export interface OpenedLogTopic extends LogTopic {
  close(): Promise<void>
}

/**
 * The topic `server_logs`, to write to; waits until the registry tells the id of its schema.
 *
 * @param onWait told why, each time the registry does not answer or lacks the schema
 * @throws ContractError REGISTRY_REFUSED; the signal's reason
 */
export async function openLogTopic(config: ConnectionConfig, onWait: (reason: Error) => void, signal: AbortSignal): Promise<OpenedLogTopic> {
  const schemaId = await schemaIdFrom(config, onWait, signal)
  const producer = kafkaClient(config, 'log-shipper').producer()
  return {
    name: config.KAFKA_NAMESPACE + serverLogs.name,
    schemaId,
    send: (records) => producer.send(records),
    close: () => producer.close(),
  }
}

async function schemaIdFrom(config: ConnectionConfig, onWait: (reason: Error) => void, signal: AbortSignal): Promise<number> {
  const registry = registryOf(config)
  for (;;) {
    try {
      return await registry.idOf(subjectOf(serverLogs, config.KAFKA_NAMESPACE), serverLogs.schema)
    } catch (error) {
      if (kindOf(error) !== 'transient') throw error
      onWait(toError(error))
    }
    await delay(waitMs, undefined, { signal })
  }
}
