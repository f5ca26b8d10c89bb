import type { AvroSchema } from '../avro-schema.js'
import { releasedDigest, releasesOf } from '../releases.js'
import { newestSchemas } from '../schema-files.js'
import { deadLetterDefinition, type Topic, type TopicDefinition } from '../topic.js'
import { subjectOf } from '../topics.js'
import { type DescribedField, describedFields } from './described-fields.js'
import { examples } from './examples.js'
import { consumersOf, readersOf, type Service, topicsByWriter, writersOf } from './flows.js'

/** A released version of a topic's schema. */
export interface Version {
  readonly number: number
  /** SHA-256 of its file, hexadecimal, as schemas/released.json has it. */
  readonly digest: string
  /** Paths of fields that the version before does not have. All, in the first. */
  readonly added: readonly string[]
  readonly removed: readonly string[]
}

/** All that is told of a topic. */
export interface CataloguedTopic {
  readonly name: string
  readonly doc: string
  /** Name of its schema's record, such as `FraudAlert`. */
  readonly type: string
  readonly schema: AvroSchema
  /** Folder below schemas/ that it and its versions are in. */
  readonly folder: string
  readonly subject: string
  readonly key: string
  readonly partitions: number
  readonly cleanup: 'delete' | 'compact'
  /** Kafka's own settings. */
  readonly config: Readonly<Record<string, string>>
  readonly fields: readonly DescribedField[]
  /** Oldest first; the newest is what the topic is written in. */
  readonly versions: readonly Version[]
  readonly writers: readonly Service[]
  readonly readers: readonly Service[]
  /** Those of the readers that may write to `deadLetters`. */
  readonly consumers: readonly Service[]
  readonly deadLetters: TopicDefinition
  readonly example: unknown
}

/** Every topic of the system, those of one writer together. @throws Error when one has no example */
export function catalogue(): CataloguedTopic[] {
  const sources = newestSchemas()
  return topicsByWriter.map((topic) => {
    const source = sources.find(({ schema }) => JSON.stringify(schema) === JSON.stringify(topic.schema))
    if (source === undefined) throw new Error(`the schema of ${topic.name} is not among the files of schemas/: run \`npm run contracts -- generate\``)
    const example = examples.get(topic.name)
    if (example === undefined) throw new Error(`${topic.name} has no example: add one to libs/contracts/src/docs/examples.ts`)
    return { ...factsOf(topic), folder: source.name, versions: versionsOf(source.name), example }
  })
}

function factsOf(topic: Topic<unknown>): Omit<CataloguedTopic, 'folder' | 'versions' | 'example'> {
  const { name, schema, partitions, cleanup, config } = topic
  const { name: type = '', doc = '' } = typeof schema === 'object' && 'type' in schema ? schema : {}
  return {
    name, doc, type, schema, subject: subjectOf(topic), key: topic.key, partitions, cleanup, config,
    fields: describedFields(schema),
    writers: writersOf(topic),
    readers: readersOf(topic),
    consumers: consumersOf(topic),
    deadLetters: deadLetterDefinition(topic),
  }
}

function versionsOf(name: string): Version[] {
  let before: readonly string[] = []
  return releasesOf(name).map(({ version, schema }) => {
    const paths = describedFields(schema).map(({ path }) => path)
    const told = {
      number: version,
      digest: releasedDigest({ name, version }),
      added: paths.filter((path) => !before.includes(path)),
      removed: before.filter((path) => !paths.includes(path)),
    }
    before = paths
    return told
  })
}

const dayMs = 86_400_000

/** How long records stay, for people. */
export function keptFor({ cleanup, config }: TopicDefinition): string {
  return cleanup === 'compact' ? 'the last record of each key, for good' : `${Number(config['retention.ms']) / dayMs} days`
}
