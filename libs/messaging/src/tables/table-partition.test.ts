import { cards, type Card, ContractError } from '@swipestream/contracts'
import { beforeEach, describe, expect, it } from 'vitest'
import type { KafkaRecord } from '../kafka/ports.js'
import { TablePartition } from './table-partition.js'

/** Bytes are taken for what they say; `!…` cannot be read, `?…` is of a schema that is not known yet. */
let known: boolean
let skipped: string[]
let decoded: string[]
let partition: TablePartition<Card>

const schemas = {
  prepare: (bytes: Buffer) => (bytes.toString().startsWith('?') && !known ? Promise.resolve() : undefined),
  decode: (_topic: unknown, bytes: Buffer) => {
    const text = bytes.toString()
    decoded.push(text)
    if (text.startsWith('!')) throw new ContractError('AVRO_UNDECODABLE', 'no Avro')
    return { card_id: text } as never
  },
}

beforeEach(() => {
  known = false
  skipped = []
  decoded = []
  partition = new TablePartition({ topic: cards, schemas, onSkipped: (error) => skipped.push((error as ContractError).code) })
})

const record = (offset: number, key: string, value: string | null): KafkaRecord =>
  ({ topic: 't', partition: 0, offset: BigInt(offset), timestamp: 0, key: Buffer.from(key), value: value === null ? null : Buffer.from(value), headers: {} })
/** Records that were read up to an offset, of a log that ends there or later. */
const take = (records: KafkaRecord[], next: number, end = next) => partition.take(records, { next: BigInt(next), end: BigInt(end) })
const held = () => Object.fromEntries([...partition.keys()].map((key) => [key, partition.get(key)?.card_id]))
const unreadable = (key: string) => (partition.unreadableBecause(key) as ContractError | undefined)?.code
const isLoaded = () => Promise.race([partition.loaded.then(() => true), new Promise<false>((resolve) => setImmediate(resolve, false))])

describe('a partition of a table', () => {
  it('holds the last value of each key; a record without a value removes it', () => {
    expect(take([record(0, 'a', '1'), record(1, 'b', '2'), record(2, 'a', '3'), record(3, 'b', null), record(4, 'b', null)], 5).changed).toEqual(['a', 'b', 'a', 'b', 'b'])
    expect(held()).toEqual({ a: '3' })
    expect(partition.size).toBe(1)
  })

  it('decodes a value when it is asked for, once', () => {
    take([record(0, 'a', '1'), record(1, 'a', '2'), record(2, 'b', '3')], 3)
    partition.get('a')
    partition.get('a')
    expect(decoded).toEqual(['2'])
  })

  it('is loaded when it has read what was there when its end was first heard', async () => {
    take([record(0, 'a', '1')], 1, 3)
    expect(await isLoaded()).toBe(false)
    take([record(1, 'a', '2')], 3, 9)
    expect(await isLoaded()).toBe(true)
  })

  it('that is empty is loaded when that is heard', async () => {
    expect(await isLoaded()).toBe(false)
    take([], 0)
    expect(await isLoaded()).toBe(true)
  })

  it('is without a key whose value cannot be read, says so once, and does not keep the value before', () => {
    take([record(0, 'a', '1'), record(1, 'a', '!')], 2)
    expect([partition.get('a'), partition.get('a')]).toEqual([undefined, undefined])
    expect(skipped).toEqual(['AVRO_UNDECODABLE'])
  })

  it('tells why a key is without a value, also when nobody has asked for the value, until the next record of the key', () => {
    take([record(0, 'a', '!'), record(1, 'b', '!'), record(2, 'c', '3')], 3)
    expect(['a', 'b', 'c', 'd'].map(unreadable)).toEqual(['AVRO_UNDECODABLE', 'AVRO_UNDECODABLE', undefined, undefined])
    take([record(3, 'a', '4'), record(4, 'b', null)], 5)
    expect(['a', 'b'].map(unreadable)).toEqual([undefined, undefined])
  })

  it('tells why of a record whose schema nobody knows', () => {
    const { waits } = take([record(0, 'a', '?')], 1)
    partition.skip(waits?.record as KafkaRecord, new ContractError('SCHEMA_UNKNOWN', 'never heard of'))
    expect(unreadable('a')).toBe('SCHEMA_UNKNOWN')
  })

  it('takes in nothing behind a record whose schema must be fetched first', async () => {
    const { changed, waits } = take([record(0, 'a', '1'), record(1, 'b', '?'), record(2, 'c', '3')], 3)
    expect([changed, waits?.record.offset, held()]).toEqual([['a'], 1n, { a: '1' }])
    expect(await isLoaded()).toBe(false)
    known = true
    take([record(1, 'b', '?'), record(2, 'c', '3')], 3)
    expect(held()).toEqual({ a: '1', b: '?', c: '3' })
  })

  it('begins anew when its topic does', () => {
    take([record(5, 'a', '1'), record(6, 'b', '2'), record(7, 'c', '!')], 8)
    expect(unreadable('c')).toBe('AVRO_UNDECODABLE')
    take([record(0, 'b', '3')], 1)
    expect(held()).toEqual({ b: '3' })
    expect(unreadable('c')).toBeUndefined()
  })
})
