import { existsSync } from 'node:fs'
import { join } from 'node:path'
import specs from '@asyncapi/specs'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { describe, expect, test } from 'vitest'
import { decoder, encoder } from '../codec.js'
import { libraryFolder } from '../schema-files.js'
import { topicDefinitions, topics } from '../topics.js'
import { catalogue } from './catalogue.js'
import { describedFields } from './described-fields.js'
import { documents, driftedDocuments } from './documents.js'
import { services } from './flows.js'
import { cataloguePage } from './page/page.js'

const catalogued = catalogue()
const contentOf = (name: string): string => documents().find(({ file }) => file.endsWith(name))?.content ?? ''

describe('docs/contracts', () => {
  test('is as `npm run docs` makes it', () => {
    expect(driftedDocuments()).toEqual([])
  })
})

describe('the example of', () => {
  test.each(catalogued.map(({ name, schema, example }) => ({ name, schema, example })))('$name is a value of its schema', ({ schema, example }) => {
    const { decode } = decoder<unknown>(schema)
    expect(decode(encoder<unknown>(schema)(1, example), () => schema)).toEqual(example)
  })
})

describe('the AsyncAPI document', () => {
  interface Operation {
    readonly action: 'send' | 'receive'
    readonly channel: { readonly $ref: string }
    readonly messages: readonly { readonly $ref: string }[]
  }
  const document = JSON.parse(contentOf('asyncapi.json')) as {
    readonly channels: Readonly<Record<string, { readonly address: string; readonly bindings?: { readonly kafka: { readonly partitions: number; readonly topicConfiguration: object } } }>>
    readonly operations: Readonly<Record<string, Operation>>
    readonly components: { readonly messages: Readonly<Record<string, { readonly payload?: unknown; readonly tags?: readonly { readonly name: string }[] }>> }
  }

  /** What a reference within the document points to. */
  function at(reference: string): unknown {
    return reference.slice(2).split('/').reduce<unknown>((node, name) => (node as Record<string, unknown> | undefined)?.[name.replaceAll('~1', '/')], document)
  }

  test('is valid by the schema that AsyncAPI publishes for 3.0.0', () => {
    const ajv = new Ajv({ strict: false })
    addFormats.default(ajv)
    const { definitions, ...schema } = specs.schemas['3.0.0'] as { readonly definitions: Readonly<Record<string, object>> }
    // Ajv has JSON Schema's own.
    const { 'http://json-schema.org/draft-07/schema': _, ...others } = definitions
    const validate = ajv.compile({ ...schema, definitions: others })
    expect(validate(document) || ajv.errorsText(validate.errors)).toBe(true)
    expect(validate({ asyncapi: '3.0.0', info: { title: 'none', version: '1' }, operations: { wrong: { action: 'sends' } } })).toBe(false)
  })

  test('refers to nothing that is not there', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"(#[^"]*)"/g)].map(([, reference = '']) => reference)
    expect(references.length).toBeGreaterThan(100)
    expect(references.filter((reference) => at(reference) === undefined)).toEqual([])
  })

  test('has every topic and dead-letter topic, as the brokers have them', () => {
    const described = Object.values(document.channels).filter(({ bindings }) => bindings)
    expect(Object.fromEntries(described.map(({ address, bindings }) => [address, [bindings?.kafka.partitions, bindings?.kafka.topicConfiguration]]))).toEqual(
      Object.fromEntries(topicDefinitions.map(({ name, partitions, config }) => [
        name,
        [partitions, Object.fromEntries(Object.entries(config).map(([key, value]) => [key, key === 'cleanup.policy' ? [value] : Number.isNaN(Number(value)) ? value : Number(value)]))],
      ])),
    )
  })

  test('has the newest schema of each topic, to the letter', () => {
    for (const topic of topics) {
      const { type = '' } = catalogued.find(({ name }) => name === topic.name) ?? {}
      expect(document.components.messages[type]?.payload).toEqual({ schemaFormat: 'application/vnd.apache.avro+json;version=1.9.0', schema: topic.schema })
    }
  })

  test('says who sends and who receives, each message on a channel that has it', () => {
    for (const [name, { channel, messages }] of Object.entries(document.operations)) {
      for (const message of messages) expect(message.$ref.startsWith(`${channel.$ref}/messages/`), name).toBe(true)
    }
    const named = Object.keys(document.operations)
    expect(named).toEqual(expect.arrayContaining(['transactions-api.send.transactions_log', 'fraud-service.receive.transactions_log', 'fraud-service.send.transactions_log_dlq', 'etl-extract.send.source_table']))
    expect(named).not.toContain('etl-load.send.transactions_log_dlq')
    expect(new Set(named.map((operation) => operation.split('.')[0]))).toEqual(new Set(services.map(({ name }) => name)))
  })

  test('tags what says something of a person', () => {
    const tags = (message: string) => document.components.messages[message]?.tags?.map(({ name }) => name)
    expect(tags('Customer')).toEqual(['pii', 'pii:direct', 'pii:pseudonymous', 'pii:quasi', 'compacted'])
    expect(tags('OpsAlert')).toEqual([])
  })
})

describe('the page of all topics', () => {
  const page = contentOf('index.html')
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
  const targets = [...page.matchAll(/ (?:href|src)="([^"]+)"/g)].map(([, target = '']) => target)

  test('needs nothing else: no script, no file, no network', () => {
    expect(page).not.toMatch(/<script|<link|<img|<iframe|@import|url\(| on\w+=/)
    expect(targets.filter((target) => /^[a-z]+:|^\/\//.test(target))).toEqual([])
  })

  test('links to what is there', () => {
    expect(targets.filter((target) => target.startsWith('#') && !ids.includes(target.slice(1)))).toEqual([])
    const files = targets.filter((target) => !target.startsWith('#'))
    expect(files.length).toBeGreaterThan(30)
    expect(files.filter((file) => !existsSync(join(libraryFolder, '../../docs/contracts', file)))).toEqual([])
  })

  test('names nothing twice', () => {
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([])
  })

  test('has every field of every topic, its words and its tag', () => {
    const text = page.replaceAll('<wbr>', '')
    for (const { name, schema } of topics) {
      const start = text.indexOf(`id="topic-${name.replaceAll('_', '-')}"`)
      const article = text.slice(start, text.indexOf('</article>', start))
      for (const { path, pii } of describedFields(schema)) {
        const field = article.slice(article.indexOf(`<dt><code>${path}</code>`))
        expect(field.startsWith('<dt>'), `${name} ${path}`).toBe(true)
        if (pii !== null) expect(field.slice(0, field.indexOf('</dt>'))).toContain(`class="pii ${pii}"`)
      }
    }
  })

  test('escapes what a schema says', () => {
    const hostile = cataloguePage(catalogued.map((topic) => ({ ...topic, doc: '<script>alert("x")</script>' })))
    expect(hostile).not.toContain('<script')
    expect(hostile).toContain('&lt;script&gt;alert(&quot;x&quot;)')
  })
})

describe('the fields of a schema', () => {
  test('are told with what is inside of them, each type once where it holds itself', () => {
    const fields = describedFields({
      type: 'record',
      name: 'Tree',
      fields: [
        { name: 'name', type: 'string', doc: 'Its name.', pii: 'direct' },
        { name: 'size', type: ['null', 'int'], default: null },
        { name: 'branches', type: { type: 'array', items: 'Tree' } },
        { name: 'leaf', type: { type: 'map', values: { type: 'record', name: 'Leaf', fields: [{ name: 'colour', type: { type: 'enum', name: 'Colour', symbols: ['green', 'red'] } }] } } },
      ],
    })
    expect(fields.map(({ path, type, depth }) => [path, type, depth])).toEqual([
      ['name', 'text', 0],
      ['size', 'whole number, 32 bits or null', 0],
      ['branches', 'list of Tree', 0],
      ['leaf', 'map of text to Leaf', 0],
      ['leaf{}.colour', 'Colour', 1],
    ])
    expect(fields[0]).toMatchObject({ doc: 'Its name.', pii: 'direct' })
    expect(fields.at(-1)).toMatchObject({ symbols: ['green', 'red'] })
  })
})
