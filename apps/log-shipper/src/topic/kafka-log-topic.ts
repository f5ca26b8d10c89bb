import { setTimeout as delay } from 'node:timers/promises'
import { connectRegistry, serverLogs, subjectOf } from '@swipestream/contracts'
import { type ConnectionConfig, kafkaClient } from '@swipestream/messaging'
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

async function schemaIdFrom({ SCHEMA_REGISTRY_URL: url, SCHEMA_REGISTRY_USERNAME: username, SCHEMA_REGISTRY_PASSWORD: password, KAFKA_NAMESPACE }: ConnectionConfig, onWait: (reason: Error) => void, signal: AbortSignal): Promise<number> {
  const registry = connectRegistry({ url, ...(username === undefined ? {} : { username }), ...(password === undefined ? {} : { password }) })
  for (;;) {
    try {
      return await registry.idOf(subjectOf(serverLogs, KAFKA_NAMESPACE), serverLogs.schema)
    } catch (error) {
      if (kindOf(error) !== 'transient') throw error
      onWait(toError(error))
    }
    await delay(waitMs, undefined, { signal })
  }
}
