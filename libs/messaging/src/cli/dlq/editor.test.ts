import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cardProfiles, type FraudDecision, fraudDecisions, type Topic, type SchemaRegistry } from '@swipestream/contracts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { KafkaRecord } from '../../kafka/ports.js'
import { profileOf } from '../../card-profile.fixture.js'
import { Schemas } from '../../schemas.js'
import { Editor } from './editor.js'
import { parsePatch } from './patch.js'

const profile = profileOf('c1', 7, { last_transaction_id: 't1', last_occurred_at: 1, last_place: { latitude: 1, longitude: 2 }, last_place_at: 5 })

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'edit-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function patchFile(patch: unknown): string {
  const file = join(folder, 'patch.json')
  writeFileSync(file, typeof patch === 'string' ? patch : JSON.stringify(patch))
  return file
}

/** The value after the edits. */
async function edited<T>(topic: Topic<T>, value: T, edits: readonly string[], file?: string): Promise<T> {
  const registry = { idOf: () => Promise.resolve(3), schemaById: () => Promise.resolve(topic.schema) } as unknown as SchemaRegistry
  const schemas = new Schemas(registry, '', [topic as Topic<unknown>])
  await schemas.load(() => undefined, new AbortController().signal)
  const record: KafkaRecord = { topic: 'x.dlq', partition: 0, offset: 0n, timestamp: 0, key: Buffer.from('c1'), value: schemas.encode(topic as Topic<unknown>, value), headers: {} }
  const bytes = await new Editor(topic as Topic<unknown>, parsePatch(topic as Topic<unknown>, edits, file), schemas).edited(record)
  return schemas.decode(topic, bytes)
}

const editedProfile = (edits: readonly string[], file?: string) => edited(cardProfiles, profile, edits, file)

describe('--edit', () => {
  it.each([
    ['a text', 'last_transaction_id=t2', { last_transaction_id: 't2' }],
    ['a text with an equals sign', 'last_transaction_id=a=b', { last_transaction_id: 'a=b' }],
    ['an empty text', 'last_transaction_id=', { last_transaction_id: '' }],
    ['a whole number', 'last_occurred_at=-12', { last_occurred_at: -12 }],
    ['null', 'last_place_at=null', { last_place_at: null }],
    ['a nested number', 'last_place.latitude=52.5', { last_place: { latitude: 52.5, longitude: 2 } }],
    ['a record, as JSON', 'last_place={"latitude":3,"longitude":4}', { last_place: { latitude: 3, longitude: 4 } }],
  ])('sets %s, typed by the schema, and leaves the rest', async (_, edit, change) => {
    expect(await editedProfile([edit])).toEqual({ ...profile, ...change })
  })

  it('sets several fields, in their order', async () => {
    expect(await editedProfile(['last_place=null', 'last_place={"latitude":0,"longitude":0}', 'last_place.longitude=9'])).toMatchObject({ last_place: { latitude: 0, longitude: 9 } })
  })

  it.each([
    ['a field that is not there', 'nosuch=1', 'there is no field nosuch: CardProfile has card_id,'],
    ['a nested field that is not there', 'last_place.height=1', 'there is no field last_place.height: last_place has latitude, longitude'],
    ['a field of what has none', 'card_id.x=1', 'there is no field card_id.x'],
    ['a field that is not there, in JSON', 'last_place={"latitude":1,"longitude":1,"height":1}', 'there is no field last_place.height'],
    ['no field', '=1', '--edit takes field=value'],
    ['no value', 'last_place_at', '--edit takes field=value'],
  ])('is a wrong use with %s', (_, edit, message) => {
    expect(() => parsePatch(cardProfiles as Topic<unknown>, [edit])).toThrow(message)
  })

  it.each([
    ['a text where a number belongs', 'last_occurred_at=soon', 'AVRO_INVALID_VALUE', 'last_occurred_at is wrong: it must be a whole number'],
    ['a number that a double does not hold', 'last_occurred_at=9007199254740993', 'AVRO_INVALID_VALUE', 'last_occurred_at is wrong'],
    ['a fraction of a whole number', 'last_occurred_at=1.5', 'AVRO_INVALID_VALUE', 'last_occurred_at is wrong'],
    ['null where it must not be', 'last_transaction_id=null', 'AVRO_INVALID_VALUE', 'last_transaction_id is wrong'],
    ['half a record', 'last_place={"latitude":3}', 'AVRO_INVALID_VALUE', 'last_place.longitude is missing'],
    ['another key', 'card_id=c2', 'EDIT_REFUSED', "card_id is the record's key"],
  ])('is refused, by field, with %s', async (_, edit, code, message) => {
    await expect(editedProfile([edit])).rejects.toMatchObject({ code, message: expect.stringContaining(message) })
  })

  it('lets the key field be made what the record\'s key is', async () => {
    expect(await edited(cardProfiles, { ...profile, card_id: 'typo' }, ['card_id=c1'])).toEqual(profile)
  })

  it('sets and removes entries of maps', async () => {
    const decision: FraudDecision = {
      transaction_id: 't1', card_id: 'c1', outcome: 'approve', score: 0, reasons: [], rule_versions: { large: 1, travel: 2 },
      input_topic: 'transactions_log', input_partition: 0, input_offset: 3, occurred_at: 4, decided_at: 5, event_order: 'in_order', taken: null, model: null, features_hash: null, shadow_rules: null,
    }
    const { rule_versions: versions } = await edited(fraudDecisions, decision, ['rule_versions.large=null', 'rule_versions.travel=3', 'rule_versions.odd=1'])
    expect(versions).toEqual({ travel: 3, odd: 1 })
  })
})

describe('--edit-with', () => {
  it('merges a JSON patch into the record; null sets a field to null', async () => {
    expect(await editedProfile([], patchFile({ last_place: { latitude: 8 }, last_place_at: null }))).toEqual({ ...profile, last_place: { latitude: 8, longitude: 2 }, last_place_at: null })
  })

  it('comes before the single edits, and names its fields', async () => {
    const changes = parsePatch(cardProfiles as Topic<unknown>, ['last_place.longitude=1', 'last_place_at=3'], patchFile({ last_place: { latitude: 8 }, last_place_at: null }))
    expect(new Editor(cardProfiles as Topic<unknown>, changes, {} as Schemas).fields).toEqual(['last_place.latitude', 'last_place_at', 'last_place.longitude'])
  })

  it.each([
    ['a field that is not there', { last_place: { height: 3 } }, 'there is no field last_place.height'],
    ['no object', [1], 'holds no JSON object'],
    ['no JSON', '{', '--edit-with: '],
  ])('is a wrong use with %s', (_, patch, message) => {
    expect(() => parsePatch(cardProfiles as Topic<unknown>, [], patchFile(patch))).toThrow(message)
  })

  it('is a wrong use without the file', () => {
    expect(() => parsePatch(cardProfiles as Topic<unknown>, [], join(folder, 'none.json'))).toThrow('none.json')
  })
})
