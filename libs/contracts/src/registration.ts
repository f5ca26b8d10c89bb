import type { AvroSchema } from './avro-schema.js'
import { ContractError } from './errors.js'
import type { SchemaRegistry } from './registry.js'
import { releasesOf } from './releases.js'
import { newestSchemas } from './schema-files.js'
import { subjectOf, topics } from './topics.js'

/** One schema version under one subject. */
export interface Registration {
  readonly subject: string
  /** `v1`, `v2`, …, or `newest` for one that is not released yet. */
  readonly version: string
  readonly id: number
  /** false: it was there already. */
  readonly added: boolean
}

/**
 * Registers the value schemas of every topic: all released versions in order, then the newest, under
 * FULL_TRANSITIVE compatibility. Doing it again changes nothing.
 *
 * Reads the files in schemas/ beside this library's code.
 *
 * @param namespace prefix of every subject (`KAFKA_NAMESPACE`).
 * @throws ContractError as SchemaRegistry does.
 */
export async function registerContracts(registry: SchemaRegistry, namespace = ''): Promise<Registration[]> {
  const names = new Map(newestSchemas().map(({ name, schema }) => [recordName(schema), name]))
  const subjects = topics.map(async (topic) => {
    const subject = subjectOf(topic, namespace)
    const name = names.get(recordName(topic.schema))
    if (name === undefined) throw new Error(`schemas/ has no file for ${recordName(topic.schema)} of the topic ${topic.name}`)
    await registry.setCompatibility(subject, 'FULL_TRANSITIVE')
    const registrations: Registration[] = []
    for (const { version, schema } of versionsOf(name, topic.schema)) {
      const known = await idIfThere(registry, subject, schema)
      registrations.push({ subject, version, id: known ?? (await registry.register(subject, schema)), added: known === undefined })
    }
    return registrations
  })
  return (await Promise.all(subjects)).flat()
}

function versionsOf(name: string, newest: AvroSchema): { version: string; schema: AvroSchema }[] {
  const released = releasesOf(name).map(({ version, schema }) => ({ version: `v${version}`, schema }))
  const isReleased = JSON.stringify(released.at(-1)?.schema) === JSON.stringify(newest)
  return isReleased ? released : [...released, { version: 'newest', schema: newest }]
}

async function idIfThere(registry: SchemaRegistry, subject: string, schema: AvroSchema): Promise<number | undefined> {
  try {
    return await registry.idOf(subject, schema)
  } catch (error) {
    if (error instanceof ContractError && error.code === 'SCHEMA_NOT_REGISTERED') return undefined
    throw error
  }
}

function recordName(schema: AvroSchema): string {
  return typeof schema === 'object' && 'name' in schema ? String(schema.name) : ''
}
