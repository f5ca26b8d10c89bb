import { beforeAll, describe, expect, test } from 'vitest'
import type { AvroDefinition } from '../src/avro-schema.js'
import { decoder, encoder, registerContracts, subjectOf, topics, transactionsLog, uuidv7 } from '../src/index.js'
import { goldenValues } from '../src/golden-values.js'
import type { SchemaRegistry } from '../src/registry.js'
import { releasesOf } from '../src/releases.js'
import { registryOfStack } from './stack-registry.js'

let registry: SchemaRegistry
const namespace = `registration-${uuidv7()}.`
beforeAll(() => {
  registry = registryOfStack()
})

describe('contracts register', () => {
  test('puts every version of every topic into the registry, and doing it again changes nothing', async () => {
    const first = await registerContracts(registry, namespace)
    expect(new Set(first.map(({ subject }) => subject))).toEqual(new Set(topics.map((topic) => subjectOf(topic, namespace))))
    expect(first.filter(({ subject }) => subject === subjectOf(transactionsLog, namespace)).length).toBeGreaterThanOrEqual(releasesOf('transaction').length)
    expect(first.every(({ added }) => added)).toBe(true)

    // A registry client of its own: the first one remembers ids.
    const second = await registerContracts(registryOfStack(), namespace)
    expect(second).toEqual(first.map((registration) => ({ ...registration, added: false })))
  })

  test('gives producers the id of the newest schema, and consumers the schema of the id', async () => {
    await registerContracts(registry, namespace)
    for (const topic of topics) {
      const id = await registry.idOf(subjectOf(topic, namespace), topic.schema)
      const schema = await registryOfStack().schemaById(id)
      expect(schema).toEqual(topic.schema)
      const encode = encoder<unknown>(topic.schema)
      const { decode } = decoder<unknown>(topic.schema)
      for (const value of goldenValues(topic.schema)) expect(decode(encode(id, value), () => schema)).toEqual(value)
    }
  })

  test('leaves a subject that refuses a schema which breaks with a version', async () => {
    await registerContracts(registry, namespace)
    const schema = transactionsLog.schema as AvroDefinition
    const broken = { ...schema, fields: (schema.fields ?? []).filter(({ name }) => name !== 'currency') }
    await expect(registry.register(subjectOf(transactionsLog, namespace), broken)).rejects.toMatchObject({ code: 'SCHEMA_INCOMPATIBLE', kind: 'fatal' })
  })
})

describe('a registry that has nothing of it', () => {
  test('says that the contracts must be registered', async () => {
    await expect(registry.idOf(`never-${uuidv7()}-value`, transactionsLog.schema)).rejects.toMatchObject({ code: 'SCHEMA_NOT_REGISTERED', kind: 'transient' })
    const other = { type: 'record', name: 'Transaction', fields: [] }
    await registerContracts(registry, namespace)
    await expect(registry.idOf(subjectOf(transactionsLog, namespace), other)).rejects.toMatchObject({ code: 'SCHEMA_NOT_REGISTERED' })
  })

  test('has no schema of an id that was never given', async () => {
    await expect(registry.schemaById(2_147_483_647)).rejects.toMatchObject({ code: 'SCHEMA_UNKNOWN', kind: 'poison' })
  })
})
