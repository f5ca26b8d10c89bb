import { changelog, deadLetterDefinition, eventLog, type Topic } from '@swipestream/contracts'

/** What goes in: the record number `sequence` of a key, counted from 0. */
export interface Input {
  readonly key: string
  readonly sequence: number
  readonly value: number
  readonly padding: string
}

/** What is known of a key after its records so far; what the members keep as their state. */
export interface Tally {
  readonly key: string
  readonly count: number
  readonly sequence: number
  readonly checksum: number
}

/** What comes out of one input: where it stood, and the tally after it. */
export interface Output extends Tally {
  readonly input_partition: number
  readonly input_offset: number
}

/** Of all these topics: a key's tally is where its inputs are. */
export const partitions = 6
/** More than a run lasts: nothing goes while it is counted. */
const retentionDays = 7

const long = (name: string) => ({ name, type: 'long' })
const key = { name: 'key', type: 'string' }
const tallyFields = [key, long('count'), long('sequence'), long('checksum')]

export const inputs = eventLog<Input>(
  'chaos_inputs', 'key',
  { type: 'record', name: 'ChaosInput', fields: [key, long('sequence'), long('value'), { name: 'padding', type: 'string' }] },
  partitions, retentionDays,
)
export const outputs = eventLog<Output>(
  'chaos_outputs', 'key',
  { type: 'record', name: 'ChaosOutput', fields: [...tallyFields, long('input_partition'), long('input_offset')] },
  partitions, retentionDays,
)
export const tallies = changelog<Tally>('chaos_tallies', 'key', { type: 'record', name: 'ChaosTally', fields: tallyFields }, partitions)

/** How far the producer of the bulk has come: one key, whose value is the next number as text. */
export const progress = { name: 'chaos_progress', partitions: 1, cleanup: 'compact', config: { 'cleanup.policy': 'compact' } } as const

// oxlint-disable-next-line typescript/no-explicit-any -- topics of different value types in one list
export const avroTopics: readonly Topic<any>[] = [inputs, outputs, tallies]
export const deadLetters = deadLetterDefinition(inputs)
export const definitions = [...avroTopics, progress, deadLetters]
