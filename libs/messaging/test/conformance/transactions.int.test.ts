import { randomUUID } from 'node:crypto'
import type { RecordToSend, TransactionalProducer } from '@swipestream/messaging'
import { eventually } from '@swipestream/messaging/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { clientNames, clientOf, committed, record as textRecord, underTest, valuesOf } from './clients.js'
import { rawTransaction, sendBy } from './raw-transaction.js'

describe.each(clientNames)('%s: transactions', (name) => {
  const on = underTest(name)

  function producer(id: string, of = on.client): TransactionalProducer {
    const one = of.transactionalProducer(id)
    onTestFinished(() => one.close())
    return one
  }

  /** Opening anew also settles what was written: readers see the end of a transaction some milliseconds after the writer. */
  async function opened(id: string = randomUUID()): Promise<TransactionalProducer> {
    const one = producer(id)
    await one.open()
    return one
  }

  describe('two producers of one transactional id', () => {
    it('the one that opened first can write nothing more, from the moment the second has opened', async () => {
      const topic = await on.newTopic()
      const id = randomUUID()
      const first = await opened(id)
      await first.write([record(topic, 'first')])
      const second = await opened(id)
      await expect(first.write([record(topic, 'zombie')])).rejects.toMatchObject({ code: 'KAFKA_FENCED', kind: 'transient' })
      await expect(first.write([record(topic, 'zombie')])).rejects.toMatchObject({ code: 'KAFKA_FENCED' })
      await second.write([record(topic, 'second')])
      await second.open()
      expect(await valuesOf(on.client, topic)).toEqual([['first', 'second']])
    })

    it('the one that opens takes the id back', async () => {
      const topic = await on.newTopic()
      const id = randomUUID()
      const first = await opened(id)
      const second = await opened(id)
      await first.open()
      await first.write([record(topic, 'first')])
      await expect(second.write([record(topic, 'second')])).rejects.toMatchObject({ code: 'KAFKA_FENCED' })
      await first.open()
      expect(await valuesOf(on.client, topic)).toEqual([['first']])
    })

    it('one that is fenced in the middle of its write leaves nothing of it', async () => {
      const topic = await on.newTopic(6)
      const id = randomUUID()
      const first = await opened(id)
      const written: number[] = []
      const writing = (async () => {
        for (let i = 0; ; i++) {
          await first.write(Array.from({ length: 600 }, (_, n) => record(topic, `${i}`, n % 6)))
          written.push(i)
        }
      })()
      const fenced = expect(writing).rejects.toMatchObject({ code: 'KAFKA_FENCED' })
      await eventually(() => written.length >= 2)
      await opened(id)
      await fenced
      const found = await valuesOf(on.client, topic)
      // The one that was under way may have been committed before the other opened, then wholly.
      for (const each of found) expect([written.length * 100, (written.length + 1) * 100]).toContain(each.length)
      expect(new Set(found.map(({ length }) => length)).size).toBe(1)
    })
  })

  describe('open', () => {
    it('ends what a crashed process had begun: readers of committed records go on at once', async () => {
      const topic = await on.newTopic()
      const id = randomUUID()
      await sendBy(await rawTransaction(id), topic, ['dangling'])
      await on.producer.send([record(topic, 'after')])
      // Nothing is read beyond the open transaction.
      expect(await valuesOf(on.client, topic)).toEqual([[]])
      const began = performance.now()
      const next = await opened(id)
      expect(await valuesOf(on.client, topic)).toEqual([['after']])
      expect(performance.now() - began).toBeLessThan(10_000)
      await next.write([record(topic, 'next')])
      await next.open()
      expect(await valuesOf(on.client, topic)).toEqual([['after', 'next']])
    })

    it('is ended at once by its signal', async () => {
      const one = producer(randomUUID(), clientOf(name, '127.0.0.1:1'))
      const abort = new AbortController()
      const opening = one.open(abort.signal)
      const reason = new Error('revoked')
      setTimeout(() => abort.abort(reason), 20)
      const began = performance.now()
      await expect(opening).rejects.toBe(reason)
      expect(performance.now() - began).toBeLessThan(2_000)
    })

    it('comes before everything: nothing can be written without', async () => {
      await expect(producer(randomUUID()).write([record(await on.newTopic(), 'v')])).rejects.toMatchObject({ code: 'KAFKA_TRANSACTION_LOST' })
    })
  })

  describe('write', () => {
    it('makes records of several topics and partitions and the offset of a group visible together', async () => {
      const [input, one, two] = [await on.newTopic(), await on.newTopic(3), await on.newTopic(6)]
      await on.producer.send(Array.from({ length: 10 }, (_, i) => record(input, `${i}`)))
      const groupId = randomUUID()
      const transactions = await opened()
      const records = Array.from({ length: 30 }, (_, i) => [record(one, `one ${i}`, i % 3), record(two, `two ${i}`, i % 6)]).flat()
      await transactions.write(records, { groupId, topic: input, partition: 0, offset: 7n })
      await transactions.open()
      expect((await valuesOf(on.client, one)).map(({ length }) => length)).toEqual([10, 10, 10])
      expect((await valuesOf(on.client, two)).map(({ length }) => length)).toEqual([5, 5, 5, 5, 5, 5])
      expect(await committed(on.client, { groupId, topic: input, partition: 0 })).toBe(7n)
    })

    it('stores an offset alone, and does nothing for nothing', async () => {
      const input = await on.newTopic()
      await on.producer.send([record(input, 'a'), record(input, 'b')])
      const groupId = randomUUID()
      const transactions = await opened()
      await transactions.write([])
      await transactions.write([], { groupId, topic: input, partition: 0, offset: 1n })
      await transactions.open()
      expect(await committed(on.client, { groupId, topic: input, partition: 0 })).toBe(1n)
    })

    it('stores the offset of a group that has members', async () => {
      const input = await on.newTopic()
      const groupId = randomUUID()
      const held = new Set<number>()
      const member = on.client.consumer({ groupId, topics: [input], sessionTimeoutMs: 6_000 })
      member.start({ assigned: (all) => all.forEach(({ partition }) => held.add(partition)), revoked: () => undefined, records: () => undefined, health: () => undefined })
      await eventually(() => held.size === 1)
      const transactions = await opened()
      await transactions.write([record(input, 'a'), record(input, 'b')], { groupId, topic: input, partition: 0, offset: 1n })
      await member.close()
      await transactions.open()
      expect(await committed(on.client, { groupId, topic: input, partition: 0 })).toBe(1n)
    })

    it('leaves nothing when a record is too large, neither records nor offset, and the next one works', async () => {
      const topic = await on.newTopic(2)
      const groupId = randomUUID()
      const transactions = await opened()
      await transactions.write([record(topic, 'before')], { groupId, topic, partition: 0, offset: 0n })
      const refused = transactions.write([record(topic, 'x', 1), record(topic, 'y'.repeat(1_200_000))], { groupId, topic, partition: 0, offset: 1n })
      await expect(refused).rejects.toMatchObject({ code: 'KAFKA_RECORD_TOO_LARGE', kind: 'poison' })
      await transactions.open()
      expect(await valuesOf(on.client, topic)).toEqual([['before'], []])
      expect(await committed(on.client, { groupId, topic, partition: 0 })).toBe(0n)
      await transactions.write([record(topic, 'after', 1), record(topic, 'after')])
      await transactions.open()
      expect(await valuesOf(on.client, topic)).toEqual([['before', 'after'], ['after']])
    })

    it('names a topic that is missing, and the next one works', async () => {
      const topic = await on.newTopic()
      const transactions = await opened()
      await expect(transactions.write([record(topic, 'x'), record('no-such-topic', 'x')])).rejects.toMatchObject({ code: 'KAFKA_TOPIC_MISSING' })
      await transactions.write([record(topic, 'after')])
      await transactions.open()
      expect(await valuesOf(on.client, topic)).toEqual([['after']])
    })

    it('writes records in order that are too many for one request, also where a topic takes less', async () => {
      const [large, small] = [await on.newTopic(2), await on.newTopic(1, { 'max.message.bytes': '10000' })]
      const transactions = await opened()
      const to = [large, large, small]
      await transactions.write(Array.from({ length: 6_000 }, (_, i) => record(to[i % 3] as string, `${i}:`.padEnd(1_000, 'x'), i % 3 === 1 ? 1 : 0)))
      await transactions.open()
      const numbers = (all: readonly string[]) => all.map((value) => Number(value.split(':')[0]))
      const every = (from: number) => Array.from({ length: 2_000 }, (_, i) => i * 3 + from)
      expect((await valuesOf(on.client, large)).map(numbers)).toEqual([every(0), every(1)])
      expect((await valuesOf(on.client, small)).map(numbers)).toEqual([every(2)])
    })

    it('300 times in a row, and by ten at the same time, keeps order and count', async () => {
      const topic = await on.newTopic(10)
      await Promise.all(
        Array.from({ length: 10 }, async (_, partition) => {
          const transactions = await opened()
          for (let i = 0; i < (partition === 0 ? 300 : 30); i++) await transactions.write([record(topic, `${i}`, partition)])
          await transactions.open()
        }),
      )
      const found = await valuesOf(on.client, topic)
      for (const [partition, each] of found.entries()) expect(each).toEqual(Array.from({ length: partition === 0 ? 300 : 30 }, (_, i) => `${i}`))
    })

    it('one call at a time', async () => {
      const topic = await on.newTopic()
      const transactions = await opened()
      const first = transactions.write([record(topic, 'a')])
      await expect(transactions.write([record(topic, 'b')])).rejects.toMatchObject({ code: 'KAFKA_CLIENT' })
      await first
      await transactions.open()
      expect(await valuesOf(on.client, topic)).toEqual([['a']])
    })
  })
})

function record(topic: string, value: string, partition = 0): RecordToSend {
  return textRecord(topic, null, value, { partition })
}
