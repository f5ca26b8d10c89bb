import { registryOf } from '../connection.js'
import { kafkaClient } from '../kafka/client.js'
import { Schemas } from '../schemas.js'
import { type Outcome, UsageError, wholeNumber } from './command.js'
import { connectionConfig } from './config.js'
import { momentOf } from './moment.js'
import { read, type ReadOptions, topicNamed } from './read.js'

interface Values {
  readonly key?: string | undefined
  readonly from?: string | undefined
  readonly max?: string | undefined
  readonly reveal?: boolean | undefined
}

/** `topics read TOPIC`. @throws UsageError; as `read` */
export async function readTopic(names: readonly string[], { key, from, max = '10', reveal = false }: Values): Promise<Outcome> {
  const [name, ...more] = names
  if (name === undefined || more.length > 0) throw new UsageError('read takes one topic')
  const asked = { max: wholeNumber('--max', max, 10_000), reveal, ...(key === undefined ? {} : { key }), ...(from === undefined ? {} : { from: from === 'beginning' ? 0 : momentOf('--from', from) }) }
  const config = connectionConfig()
  const readOptions: ReadOptions = { ...asked, namespace: config.KAFKA_NAMESPACE }
  const topic = topicNamed(name, config.KAFKA_NAMESPACE)
  const reader = kafkaClient(config, 'topics').reader()
  try {
    return await read(reader, new Schemas(registryOf(config), config.KAFKA_NAMESPACE, []), topic, readOptions)
  } finally {
    await reader.close()
  }
}
