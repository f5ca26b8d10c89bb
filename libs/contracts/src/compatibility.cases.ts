import type { AvroField, AvroSchema } from './avro-schema.js'

/** A change of a schema, and who can still read whom by Avro's rules. Held by ours and by the real registry alike. */
export interface SchemaChange {
  readonly name: string
  readonly older: AvroSchema
  readonly newer: AvroSchema
  /** The newer reads what the older wrote. */
  readonly backward: boolean
  /** The older reads what the newer wrote. */
  readonly forward: boolean
}

/** Named `Payment` in every case, with one field that never changes before the fields given. */
function payment(...fields: AvroField[]): AvroSchema {
  return { type: 'record', name: 'Payment', namespace: 'io.example', fields: [{ name: 'id', type: 'string' }, ...fields] }
}

function field(name: string, type: AvroSchema, more: Partial<AvroField> = {}): AvroField {
  return { name, type, ...more }
}

/** A change of the type of one field that has no default. */
function retyped(name: string, from: AvroSchema, to: AvroSchema, backward: boolean, forward: boolean): SchemaChange {
  return { name, older: payment(field('value', from)), newer: payment(field('value', to)), backward, forward }
}

const place: AvroSchema = { type: 'record', name: 'Place', fields: [field('latitude', 'double')] }
const placeWithLongitude: AvroSchema = { type: 'record', name: 'Place', fields: [field('latitude', 'double'), field('longitude', 'double')] }
const placeWithHeight: AvroSchema = { type: 'record', name: 'Place', fields: [field('latitude', 'double'), field('height', 'double', { default: 0 })] }

function colour(symbols: string[], more: { default?: string; name?: string; aliases?: string[]; namespace?: string } = {}): AvroSchema {
  return { type: 'enum', name: 'Colour', symbols, ...more }
}

export const schemaChanges: readonly SchemaChange[] = [
  { name: 'nothing changes', older: payment(field('value', 'int')), newer: payment(field('value', 'int')), backward: true, forward: true },
  { name: 'a doc changes', older: payment(field('value', 'int', { doc: 'a' })), newer: payment(field('value', 'int', { doc: 'b' })), backward: true, forward: true },
  { name: 'fields change places', older: payment(field('a', 'int'), field('b', 'string')), newer: payment(field('b', 'string'), field('a', 'int')), backward: true, forward: true },
  { name: 'a default changes', older: payment(field('value', 'int', { default: 1 })), newer: payment(field('value', 'int', { default: 2 })), backward: true, forward: true },
  { name: 'a default goes', older: payment(field('value', 'int', { default: 1 })), newer: payment(field('value', 'int')), backward: true, forward: true },

  { name: 'a nullable field with default comes', older: payment(), newer: payment(field('note', ['null', 'string'], { default: null })), backward: true, forward: true },
  { name: 'a nullable field without default comes', older: payment(), newer: payment(field('note', ['null', 'string'])), backward: false, forward: true },
  { name: 'a field without default comes', older: payment(), newer: payment(field('note', 'string')), backward: false, forward: true },
  { name: 'a field without default goes', older: payment(field('note', 'string')), newer: payment(), backward: true, forward: false },
  { name: 'a field with default goes', older: payment(field('note', 'string', { default: '' })), newer: payment(), backward: true, forward: true },
  { name: 'an enum field with its own default, not the field, comes', older: payment(), newer: payment(field('colour', colour(['red'], { default: 'red' }))), backward: false, forward: true },
  { name: 'a map field with default comes', older: payment(), newer: payment(field('tags', { type: 'map', values: 'string' }, { default: {} })), backward: true, forward: true },

  { name: 'a field is renamed', older: payment(field('note', 'string')), newer: payment(field('remark', 'string')), backward: false, forward: false },
  { name: 'a field is renamed with an alias', older: payment(field('note', 'string')), newer: payment(field('remark', 'string', { aliases: ['note'] })), backward: true, forward: false },
  { name: 'a field is renamed with an alias and defaults', older: payment(field('note', 'string', { default: '' })), newer: payment(field('remark', 'string', { default: '', aliases: ['note'] })), backward: true, forward: true },
  { name: 'a record is renamed', older: { type: 'record', name: 'Payment', fields: [] }, newer: { type: 'record', name: 'Purchase', fields: [] }, backward: false, forward: false },
  { name: 'a record is renamed with an alias', older: { type: 'record', name: 'Payment', fields: [] }, newer: { type: 'record', name: 'Purchase', aliases: ['Payment'], fields: [] }, backward: true, forward: false },
  {
    name: 'a record is renamed with an alias in another namespace',
    older: { type: 'record', name: 'Payment', namespace: 'io.example', fields: [] },
    newer: { type: 'record', name: 'Purchase', namespace: 'io.other', aliases: ['Payment'], fields: [] },
    backward: false,
    forward: false,
  },
  {
    name: 'a record is renamed with a full alias in another namespace',
    older: { type: 'record', name: 'Payment', namespace: 'io.example', fields: [] },
    newer: { type: 'record', name: 'Purchase', namespace: 'io.other', aliases: ['io.example.Payment'], fields: [] },
    backward: true,
    forward: false,
  },
  {
    name: 'a namespace changes',
    older: { type: 'record', name: 'Payment', namespace: 'io.example', fields: [field('place', place)] },
    newer: { type: 'record', name: 'Payment', namespace: 'io.other', fields: [field('place', place)] },
    backward: true,
    forward: true,
  },

  retyped('int grows to long', 'int', 'long', true, false),
  retyped('int becomes float', 'int', 'float', true, false),
  retyped('int becomes double', 'int', 'double', true, false),
  retyped('long becomes float', 'long', 'float', true, false),
  retyped('long becomes double', 'long', 'double', true, false),
  retyped('long shrinks to int', 'long', 'int', false, true),
  retyped('float grows to double', 'float', 'double', true, false),
  retyped('int becomes string', 'int', 'string', false, false),
  retyped('boolean becomes int', 'boolean', 'int', false, false),
  retyped('string becomes bytes', 'string', 'bytes', true, true),
  retyped('an enum becomes a string', colour(['red']), 'string', false, false),
  retyped('an array becomes a map', { type: 'array', items: 'int' }, { type: 'map', values: 'int' }, false, false),
  retyped('milliseconds become microseconds', { type: 'long', logicalType: 'timestamp-millis' }, { type: 'long', logicalType: 'timestamp-micros' }, true, true),
  retyped("an array's items grow", { type: 'array', items: 'int' }, { type: 'array', items: 'long' }, true, false),
  retyped("a map's values change", { type: 'map', values: 'int' }, { type: 'map', values: 'string' }, false, false),

  retyped('an enum without default learns a symbol', colour(['red']), colour(['red', 'blue']), true, false),
  retyped('an enum without default forgets a symbol', colour(['red', 'blue']), colour(['red']), false, true),
  retyped('an enum with default learns a symbol', colour(['red'], { default: 'red' }), colour(['red', 'blue'], { default: 'red' }), true, true),
  retyped('an enum with default forgets a symbol', colour(['red', 'blue'], { default: 'red' }), colour(['red'], { default: 'red' }), true, true),
  retyped('an enum gets its default with the new symbol', colour(['red']), colour(['red', 'blue'], { default: 'red' }), true, false),
  retyped("an enum's symbols change places", colour(['red', 'blue']), colour(['blue', 'red']), true, true),
  retyped('an enum is renamed', colour(['red']), colour(['red'], { name: 'Color' }), false, false),
  retyped('an enum is renamed with an alias', colour(['red']), colour(['red'], { name: 'Color', aliases: ['Colour'] }), true, false),
  retyped("an enum's namespace changes", colour(['red'], { namespace: 'io.a' }), colour(['red'], { namespace: 'io.b' }), true, true),
  retyped("a fixed's size changes", { type: 'fixed', name: 'Hash', size: 16 }, { type: 'fixed', name: 'Hash', size: 32 }, false, false),
  retyped('a fixed is renamed', { type: 'fixed', name: 'Hash', size: 16 }, { type: 'fixed', name: 'Digest', size: 16 }, false, false),

  retyped('a field becomes nullable', 'string', ['null', 'string'], true, false),
  retyped('a field stops being nullable', ['null', 'string'], 'string', false, true),
  retyped('a number becomes nullable and grows', 'int', ['null', 'long'], true, false),
  retyped("a union's branches change places", ['null', 'string'], ['string', 'null'], true, true),
  retyped('a union gets a branch', ['null', 'string'], ['null', 'string', 'int'], true, false),
  retyped("a union's branch grows", ['null', 'int'], ['null', 'double'], true, false),
  retyped('a union with text gets a number beside it', 'string', ['double', 'string'], true, false),
  retyped('a union is exchanged', ['null', 'int'], ['null', 'string'], false, false),
  retyped('a record in a union gets a field without default', ['null', place], ['null', placeWithLongitude], false, true),
  retyped('a record in a union gets a field with default', ['null', place], ['null', placeWithHeight], true, true),
  retyped('a record in an array gets a field without default', { type: 'array', items: place }, { type: 'array', items: placeWithLongitude }, false, true),
  retyped('a record in a map gets a field with default', { type: 'map', values: place }, { type: 'map', values: placeWithHeight }, true, true),
  {
    name: 'a type that holds itself gets a field with default',
    older: { type: 'record', name: 'Node', fields: [field('next', ['null', 'Node'], { default: null })] },
    newer: { type: 'record', name: 'Node', fields: [field('next', ['null', 'Node'], { default: null }), field('label', 'string', { default: '' })] },
    backward: true,
    forward: true,
  },
  {
    name: 'a type that holds itself gets a field without default',
    older: { type: 'record', name: 'Node', fields: [field('next', ['null', 'Node'], { default: null })] },
    newer: { type: 'record', name: 'Node', fields: [field('next', ['null', 'Node'], { default: null }), field('label', 'string')] },
    backward: false,
    forward: true,
  },
  {
    name: 'one type changes where it is used a second time by name',
    older: payment(field('from', place), field('to', 'Place')),
    newer: payment(field('from', placeWithLongitude), field('to', 'Place')),
    backward: false,
    forward: true,
  },
]
