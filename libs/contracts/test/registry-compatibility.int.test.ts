import { beforeAll, describe, expect, test } from 'vitest'
import type { AvroSchema } from '../src/avro-schema.js'
import { schemaChanges } from '../src/compatibility.cases.js'
import { breaksWith, type CompatibilityDirection } from '../src/compatibility.js'
import { uuidv7 } from '../src/index.js'
import type { SchemaRegistry } from '../src/registry.js'
import { registryOfStack } from './stack-registry.js'

let registry: SchemaRegistry
beforeAll(() => {
  registry = registryOfStack()
})

// FULL is both; the test of FULL_TRANSITIVE below asks for it.
const directions: readonly CompatibilityDirection[] = ['BACKWARD', 'FORWARD']

describe('our compatibility says what the real registry says', () => {
  // Together: each waits for the registry to write to its own log.
  test.concurrent.each(schemaChanges)('$name', async ({ older, newer, backward, forward }) => {
    const subject = `compatibility-${uuidv7()}-value`
    await registry.register(subject, older)
    for (const direction of directions) {
      await registry.setCompatibility(subject, direction)
      const theirs = (await registry.checkCompatible(subject, newer)).length === 0
      const ours = breaksWith(newer, older, direction).length === 0
      expect({ direction, compatible: ours }).toEqual({ direction, compatible: theirs })
      expect(ours).toBe(direction === 'BACKWARD' ? backward : forward)
    }
  })

  test('a version that the last one reads and an older one does not is broken for both: FULL_TRANSITIVE', async () => {
    const versions: AvroSchema[] = ['int', undefined, 'string'].map((type) => ({
      type: 'record',
      name: 'Swipe',
      fields: [{ name: 'id', type: 'string' }, ...(type === undefined ? [] : [{ name: 'note', type, default: type === 'int' ? 0 : '' }])],
    }))
    const [first, second, third] = versions as [AvroSchema, AvroSchema, AvroSchema]
    expect(breaksWith(third, second, 'FULL')).toEqual([])
    expect(breaksWith(third, first, 'FULL').map(({ path }) => path)).toEqual(['note', 'note'])

    const subject = `compatibility-${uuidv7()}-value`
    await registry.setCompatibility(subject, 'FULL_TRANSITIVE')
    await registry.register(subject, first)
    await registry.register(subject, second)
    expect(await registry.checkCompatible(subject, third)).not.toEqual([])
    await expect(registry.register(subject, third)).rejects.toMatchObject({ code: 'SCHEMA_INCOMPATIBLE' })
  })
})
