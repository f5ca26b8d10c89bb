import { type AvroSchema, type Row, rowEncoder, type RowValue, subjectOf, type TopicDefinition } from '@swipestream/contracts'
import type { TestBackbone } from '@swipestream/messaging/testing'

/** A topic as Debezium makes it of a table. */
export function tableTopic(name: string, partitions = 3): TopicDefinition {
  return { name, partitions, cleanup: 'compact', config: { 'cleanup.policy': 'compact' } }
}

/** The key's and the envelope's schema of a table with these columns, of which the first is its key. */
export function tableSchemas(topic: string, columns: readonly (readonly [string, AvroSchema])[]): { readonly key: AvroSchema; readonly value: AvroSchema } {
  const field = ([name, type]: readonly [string, AvroSchema], i: number) => (i === 0 ? { name, type } : { name, type: ['null', type] as AvroSchema, default: null })
  const [first] = columns
  if (first === undefined) throw new Error('a table has columns')
  return {
    key: { type: 'record', name: 'Key', namespace: topic, fields: [field(first, 0)] },
    value: {
      type: 'record',
      name: 'Envelope',
      namespace: topic,
      fields: [
        { name: 'before', type: ['null', { type: 'record', name: 'Value', fields: columns.map(field) }], default: null },
        { name: 'after', type: ['null', 'Value'], default: null },
        { name: 'op', type: 'string' },
        { name: 'ts_ms', type: ['null', 'long'], default: null },
      ],
    },
  }
}

export interface TableWriter {
  /** Records of a change: those of a removal are two, the last of them empty. */
  write(changes: readonly { readonly op: 'c' | 'u' | 'd'; readonly row: Row }[]): Promise<void>
}

/** Registers the schemas and writes with them. */
export async function tableWriter(backbone: TestBackbone, topic: string, columns: readonly (readonly [string, AvroSchema])[]): Promise<TableWriter> {
  const { key, value } = tableSchemas(topic, columns)
  const subject = subjectOf({ name: topic }, backbone.namespace)
  const [keyId, valueId] = [await backbone.registry.register(subject.replace(/-value$/, '-key'), key), await backbone.registry.register(subject, value)]
  const encodeKey = rowEncoder(key)
  const encodeValue = rowEncoder(value)
  const keyName = columns[0]?.[0] ?? ''
  return {
    async write(changes) {
      const records = changes.flatMap(({ op, row }) => {
        const bytes = encodeKey(keyId, { [keyName]: row[keyName] as RowValue })
        const envelope = { before: op === 'd' ? row : null, after: op === 'd' ? null : row, op, ts_ms: 1 }
        const record = { topic, key: bytes, value: encodeValue(valueId, envelope), headers: {} }
        return op === 'd' ? [record, { ...record, value: null }] : [record]
      })
      await backbone.send(records)
    },
  }
}
