import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AvroSchema } from './avro-schema.js'
import { allFindings } from './cli/findings.js'
import { check, generate, release } from './cli/commands.js'
import { goldenFixtures, releasesOf } from './releases.js'

/** A library with one schema, `swipe`, in a folder of its own. */
let folder: string

const swipe = {
  type: 'record',
  name: 'Swipe',
  doc: 'A swipe.',
  fields: [
    { name: 'id', type: 'string', doc: 'Its id.' },
    { name: 'happened_at', type: { type: 'long', logicalType: 'timestamp-millis' }, doc: 'When. Milliseconds since the Unix epoch, UTC.' },
  ],
} satisfies AvroSchema

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'contracts-'))
  mkdirSync(join(folder, 'schemas/swipe'), { recursive: true })
  mkdirSync(join(folder, 'src/generated'), { recursive: true })
  write(swipe)
  generate(folder)
})
afterEach(() => rmSync(folder, { recursive: true }))

function write(schema: AvroSchema, file = 'swipe.avsc'): void {
  writeFileSync(join(folder, 'schemas/swipe', file), JSON.stringify(schema, null, 2))
}

function withField(type: AvroSchema, more = {}): AvroSchema {
  return { ...swipe, fields: [...swipe.fields, { name: 'note', type, doc: 'A note, 1 to 9.', ...more }] }
}

/** `rule schema path` of each finding. */
function findings(): string[] {
  return allFindings(folder).map(({ rule, schema, version, path }) => [rule, schema, version, path].filter((part) => part !== undefined && part !== '').join(' '))
}

describe('release', () => {
  test('freezes the newest schema as the next version, with fixtures, and says so once', () => {
    expect(release([], folder).json).toMatchObject({ broken: [], released: [{ schema: 'swipe', version: 1 }] })
    write(withField(['null', 'string'], { default: null }))
    generate(folder)
    expect(release(['swipe'], folder).json).toMatchObject({ released: [{ schema: 'swipe', version: 2 }] })
    expect(release([], folder).lines).toEqual(['nothing to do: every schema is released as it is'])
    expect(releasesOf('swipe', folder).map(({ version }) => version)).toEqual([1, 2])
    expect(goldenFixtures(releasesOf('swipe', folder)[1]!, folder).length).toBeGreaterThan(5)
    expect(findings()).toEqual([])
  })

  test('does not take a change of white space for a new version', () => {
    release([], folder)
    writeFileSync(join(folder, 'schemas/swipe/swipe.avsc'), JSON.stringify(swipe))
    expect(release([], folder).json).toMatchObject({ released: [] })
  })

  test('freezes nothing that breaks a rule, or that a released version cannot read', () => {
    release([], folder)
    write(withField('string', { doc: '' }))
    expect(release([], folder).json).toMatchObject({
      released: [],
      broken: [{ rule: 'DOC', path: 'note' }, { rule: 'READER_FIELD_MISSING_DEFAULT_VALUE', version: 1, path: 'note' }],
    })
    expect(releasesOf('swipe', folder)).toHaveLength(1)
  })

  test('of a schema that is not there is a wrong use', () => {
    expect(() => release(['swpie'], folder)).toThrow('no schema is named swpie; there are swipe')
  })
})

describe('check', () => {
  beforeEach(() => void release([], folder))

  test('finds nothing wrong with what was just released', () => {
    expect(check(folder)).toEqual({ lines: ['1 schemas, 1 released versions, 0 broken promises'], json: { broken: [], schemas: 1, released: 1, unreleased: [] } })
  })

  test('holds the newest against every released version, in both directions, naming version, field and rule', () => {
    write(withField(['null', 'string'], { default: null }))
    release([], folder)
    write({ ...swipe, fields: [...swipe.fields.slice(1), { name: 'note', type: 'int', default: 0, doc: 'A note, 1 to 9.' }] })
    generate(folder)
    expect(findings()).toEqual([
      'READER_FIELD_MISSING_DEFAULT_VALUE swipe 1 id',
      'TYPE_MISMATCH swipe 2 note', // of the null
      'TYPE_MISMATCH swipe 2 note', // of the string
      'READER_FIELD_MISSING_DEFAULT_VALUE swipe 2 id',
      'MISSING_UNION_BRANCH swipe 2 note',
    ])
    expect(check(folder).lines).toContain("swipe id: READER_FIELD_MISSING_DEFAULT_VALUE: v1 cannot read the newest: the writer has no such field, and the reader has no default for it")
  })

  test('finds a change that Avro would let pass: milliseconds that became microseconds', () => {
    write({ ...swipe, fields: [swipe.fields[0], { ...swipe.fields[1], type: { type: 'long', logicalType: 'timestamp-micros' } }] } as AvroSchema)
    expect(findings()).toContain('MEANING_CHANGED swipe 1 happened_at')
  })

  test.each<[string, string, () => void]>([
    ['a released schema that was changed', 'RELEASED_FILE_CHANGED schemas/swipe/v1.avsc', () => write({ ...swipe, doc: 'Another.' }, 'v1.avsc')],
    ['a released schema that was removed', 'RELEASED_FILE_MISSING schemas/swipe/v1.avsc', () => rmSync(join(folder, 'schemas/swipe/v1.avsc'))],
    ['released fixtures that were changed', 'RELEASED_FILE_CHANGED schemas/swipe/v1.golden.json', () => writeFileSync(join(folder, 'schemas/swipe/v1.golden.json'), '[]')],
    ['a version made by hand', 'RELEASED_FILE_NOT_LOCKED schemas/swipe/v2.avsc', () => write(swipe, 'v2.avsc')],
    ['a version that was skipped', 'RELEASED_VERSION_SKIPPED schemas/swipe/v3.avsc', () => write(swipe, 'v3.avsc')],
    ['a schema removed whole', 'RELEASED_FILE_MISSING schemas/swipe/v1.avsc', () => rmSync(join(folder, 'schemas/swipe'), { recursive: true })],
    ['generated types that were edited', 'GENERATED_FILE_DRIFTED src/generated/types.ts', () => writeFileSync(join(folder, 'src/generated/types.ts'), '')],
    ['generated constants that are missing', 'GENERATED_FILE_DRIFTED src/generated/schemas.ts', () => rmSync(join(folder, 'src/generated/schemas.ts'))],
  ])('finds %s', (_, finding, spoil) => {
    spoil()
    expect(findings()).toContain(finding)
    expect(check(folder).json.broken).not.toEqual([])
  })

  test('takes a checkout with CRLF line ends for the same', () => {
    const file = join(folder, 'schemas/swipe/v1.avsc')
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('\n', '\r\n'))
    expect(findings()).toEqual([])
  })

  test('tells of a schema that changed since its release, which is no fault', () => {
    write(withField(['null', 'string'], { default: null }))
    generate(folder)
    expect(check(folder).json).toMatchObject({ broken: [], unreleased: ['swipe'] })
  })
})

test('a copy of this library passes its own check', () => {
  cpSync(join(import.meta.dirname, '../schemas'), join(folder, 'schemas'), { recursive: true })
  rmSync(join(folder, 'schemas/swipe'), { recursive: true })
  generate(folder)
  expect(findings()).toEqual([])
})
