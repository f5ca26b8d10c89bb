import { deadLetterSchema } from '../generated/schemas.js'
import type { TopicDefinition } from '../topic.js'
import { type CataloguedTopic, keptFor } from './catalogue.js'
import { describedFields, personalFields } from './described-fields.js'
import { services, sourceTables } from './flows.js'

type Json = { readonly [key: string]: unknown }

const avro = 'application/vnd.apache.avro+json;version=1.9.0'
const kafka = '0.5.0'
const ref = (...path: readonly string[]): Json => ({ $ref: `#/${path.join('/')}` })

/** The system's topics as an AsyncAPI document (3.0.0, https://www.asyncapi.com/docs/reference/specification/v3.0.0). */
export function asyncApi(topics: readonly CataloguedTopic[]): Json {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Swipestream',
      version: '1.0.0',
      description:
        'Every topic that the services talk through. Values are Avro in the wire format of Confluent: a zero byte, the id of the schema in the registry in 4 bytes, big-endian, and the value. A topic has the prefix KAFKA_NAMESPACE in the cluster, and its subject in the registry.',
      license: { name: 'Apache-2.0' },
      tags: [
        { name: 'pii', description: 'Its records say something of a person.' },
        ...['direct', 'pseudonymous', 'quasi'].map((tag) => ({ name: `pii:${tag}`, description: piiMeaning[tag] })),
        { name: 'compacted', description: 'The last record of each key stays for good; a tombstone removes it.' },
        { name: 'dead-letters', description: 'Records that a consumer gave up.' },
      ],
    },
    defaultContentType: 'application/vnd.apache.avro',
    servers: {
      compose: {
        host: 'kafka:9092',
        protocol: 'kafka',
        description: 'The broker of docker-compose.yml, as its services reach it. Elsewhere: KAFKA_BROKERS and SCHEMA_REGISTRY_URL.',
        bindings: { kafka: { schemaRegistryUrl: 'http://registry:8080/apis/ccompat/v7', schemaRegistryVendor: 'apicurio', bindingVersion: kafka } },
      },
    },
    channels: {
      ...Object.fromEntries(topics.flatMap((topic) => [[topic.name, channelOf(topic)], [`${topic.name}_dlq`, deadLetterChannel(topic)]])),
      source_table: sourceTableChannel,
    },
    operations: operationsOf(topics),
    components: {
      messages: { ...Object.fromEntries(topics.map((topic) => [topic.type, messageOf(topic)])), DeadLetter: deadLetterMessage, SourceRow: sourceRowMessage },
      messageTraits: { headers: { headers: envelopeHeaders } },
      schemas: { AvroValue: { type: 'string', format: 'binary', description: 'The original record, whatever it was.' } },
    },
  }
}

/** What the tags of personal data mean. */
export const piiMeaning: Readonly<Record<string, string>> = {
  direct: 'Names or reaches a person by itself.',
  pseudonymous: 'Stands for one person through a key that is held elsewhere.',
  quasi: 'Narrows down to a person together with other fields.',
}

/** Headers of every record. */
export const envelopeHeaders = {
  type: 'object',
  required: ['message-id', 'produced-by'],
  properties: {
    'message-id': {
      type: 'string',
      description: 'Id of the message: a UUIDv7, or for what came of another record `<topic>-<partition>-<offset>-<number>` of that record, the same when it is handled again.',
      examples: ['transactions_log-3-48211-0'],
    },
    'produced-by': { type: 'string', description: 'The service that wrote it.', examples: ['fraud-service'] },
    traceparent: { type: 'string', description: 'Trace that the record belongs to (W3C Trace Context).', examples: ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'] },
    tracestate: { type: 'string', description: 'What tracing systems add to it (W3C Trace Context).' },
  },
} as const

function channelOf(topic: CataloguedTopic): Json {
  return {
    address: topic.name,
    title: topic.type,
    description: `${topic.doc} Kept: ${keptFor(topic)}.`,
    messages: { [topic.type]: ref('components', 'messages', topic.type) },
    tags: tagsOf(topic),
    bindings: { kafka: kafkaChannel(topic) },
  }
}

function deadLetterChannel({ name, deadLetters }: CataloguedTopic): Json {
  return {
    address: deadLetters.name,
    title: `Dead letters of ${name}`,
    description: `Records of ${name} that a consumer gave up. Kept: ${keptFor(deadLetters)}. Look at them, mend them and send them again by \`npm run dlq\`.`,
    messages: { DeadLetter: ref('components', 'messages', 'DeadLetter') },
    tags: [{ name: 'dead-letters' }],
    bindings: { kafka: kafkaChannel(deadLetters) },
  }
}

function kafkaChannel({ name, partitions, config }: TopicDefinition): Json {
  return {
    topic: name,
    partitions,
    // Lists and numbers where the binding has them so; Kafka itself knows texts only.
    topicConfiguration: Object.fromEntries(
      Object.entries(config).map(([key, value]) => [key, key === 'cleanup.policy' ? value.split(',') : /^\d+$/.test(value) ? Number(value) : value]),
    ),
    bindingVersion: kafka,
  }
}

function messageOf({ type, doc, schema, key, fields, versions, example, ...topic }: CataloguedTopic): Json {
  return {
    name: type,
    title: type,
    summary: doc,
    description: `Version ${versions.at(-1)?.number} of subject ${topic.subject}; FULL_TRANSITIVE: every version reads what every other wrote.`,
    contentType: 'application/vnd.apache.avro',
    payload: { schemaFormat: avro, schema },
    tags: tagsOf({ ...topic, schema }),
    bindings: {
      kafka: {
        key: { type: 'string', description: `${key}: ${fields.find(({ path }) => path === key)?.doc ?? ''} UTF-8.` },
        schemaIdLocation: 'payload',
        schemaIdPayloadEncoding: 'confluent',
        schemaLookupStrategy: 'TopicNameStrategy',
        bindingVersion: kafka,
      },
    },
    examples: [{ name: 'example', payload: example, headers: { 'message-id': '019bfc3e-8d2a-7c31-9a51-4c1f0f7e2b6d', 'produced-by': topic.writers[0]?.name ?? 'nobody' } }],
    traits: [ref('components', 'messageTraits', 'headers')],
  }
}

function tagsOf({ schema, cleanup }: Pick<CataloguedTopic, 'schema' | 'cleanup'>): Json[] {
  const found = new Set(personalFields(schema).map(({ pii }) => `pii:${pii}`))
  const tags = [...(found.size > 0 ? ['pii', ...[...found].sort()] : []), ...(cleanup === 'compact' ? ['compacted'] : [])]
  return tags.map((name) => ({ name }))
}

const deadLetterMessage: Json = {
  name: 'DeadLetter',
  title: 'Dead letter',
  summary: "A record that a consumer gave up: the original's key, value and headers, and in `dlq-` headers why.",
  contentType: 'application/octet-stream',
  headers: {
    type: 'object',
    required: describedFields(deadLetterSchema).map(({ path }) => headerOf(path)),
    properties: Object.fromEntries(describedFields(deadLetterSchema).map(({ path, doc }) => [headerOf(path), { type: 'string', description: doc }])),
  },
  payload: ref('components', 'schemas', 'AvroValue'),
}

/** Name of the header that a field of a dead letter is in. */
export function headerOf(field: string): string {
  return `dlq-${field.replaceAll('_', '-')}`
}

const sourceTableChannel: Json = {
  address: '{source}.{database}.{table}',
  title: 'Rows of a source table',
  description: sourceTables.doc,
  parameters: {
    source: { description: 'ETL_SOURCE_NAME.', default: 'bank', examples: ['bank'] },
    database: { description: 'The database of the table.', examples: ['bank'] },
    table: { description: 'The table; `_` for what Kafka does not allow in a name.', examples: ['customers'] },
  },
  messages: { SourceRow: ref('components', 'messages', 'SourceRow') },
  tags: [{ name: 'pii' }, { name: 'compacted' }],
}

const sourceRowMessage: Json = {
  name: 'SourceRow',
  title: 'Row of a source table',
  summary: "Debezium's envelope: `before`, `after`, `source`, `op` and `ts_ms`; a tombstone after a deletion.",
  description: 'Schemas are registered under <topic>-key and <topic>-value, level BACKWARD_TRANSITIVE; the key is a record of the columns of the primary key.',
  contentType: 'application/vnd.apache.avro',
}

function operationsOf(topics: readonly CataloguedTopic[]): Json {
  const operations: [name: string, operation: Json][] = []
  const add = (service: string, action: 'send' | 'receive', channel: string, message: string, summary: string) =>
    operations.push([
      `${service}.${action}.${channel}`,
      { action, channel: ref('channels', channel), summary, messages: [ref('channels', channel, 'messages', message)], tags: [{ name: service }] },
    ])
  for (const { name, sourceTables: tables, writes, consumes, follows } of services) {
    for (const topic of topics) {
      const has = (list: readonly { readonly name: string }[]) => list.some((one) => one.name === topic.name)
      if (has(writes)) add(name, 'send', topic.name, topic.type, `${name} writes ${topic.name}.`)
      if (has(consumes)) add(name, 'receive', topic.name, topic.type, `${name} handles each record of ${topic.name}.`)
      else if (has(follows)) add(name, 'receive', topic.name, topic.type, `${name} reads ${topic.name} without a consumer group.`)
      if (has(consumes)) add(name, 'send', `${topic.name}_dlq`, 'DeadLetter', `${name} gives up a record of ${topic.name}.`)
    }
    if (tables) add(name, tables === 'writes' ? 'send' : 'receive', 'source_table', 'SourceRow', `${name} ${tables} the rows of each table.`)
  }
  return Object.fromEntries(operations)
}
