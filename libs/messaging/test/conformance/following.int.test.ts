import { randomUUID } from 'node:crypto'
import type { Follower, TopicPartition } from '@swipestream/messaging'
import { eventually } from '@swipestream/messaging/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { clientNames, patience, record, textOf, type UnderTest, underTest } from './clients.js'

/** A follower of partitions, with what it was told: values by partition, its health by code. */
function following(on: UnderTest, ...partitions: readonly TopicPartition[]) {
  const values = new Map<number, (string | null)[]>()
  const ends = new Map<number, bigint>()
  const health: string[] = []
  const follower: Follower = on.client.follower({
    records({ partition }, records, { end }) {
      values.set(partition, [...(values.get(partition) ?? []), ...records.map(textOf)])
      ends.set(partition, end)
    },
    health: (error) => void health.push((error as { code?: string } | null)?.code ?? 'well'),
  })
  onTestFinished(() => follower.close())
  for (const partition of partitions) follower.follow(partition)
  return { follower, ends, health, of: (partition: number) => values.get(partition) ?? [] }
}

describe.each(clientNames)('%s: a follower', (name) => {
  const on = underTest(name)

  it('is given every record from the first on, and each that comes later, with the end of the log', async () => {
    const topic = await on.newTopic(2)
    await on.producer.send(['a', 'b'].map((value) => record(topic, 'k', value, { partition: 1 })))
    const { of, ends } = following(on, { topic, partition: 0 }, { topic, partition: 1 })
    await eventually(() => of(1).length === 2)
    await on.producer.send([record(topic, 'k', null, { partition: 1 }), record(topic, 'k', 'other', { partition: 0 })])
    await eventually(() => of(1).length === 3 && of(0).length === 1)
    expect([of(0), of(1)]).toEqual([['other'], ['a', 'b', null]])
    expect(ends.get(1)).toBe(3n)
  })

  it('sees no record of a transaction that was aborted, or is open', async () => {
    const topic = await on.newTopic()
    const transactions = on.client.transactionalProducer(randomUUID())
    onTestFinished(() => transactions.close())
    await transactions.open()
    const { of } = following(on, { topic, partition: 0 })
    await expect(transactions.write([record(topic, 'k', 'aborted'), record(topic, 'k', 'x'.repeat(2_000_000))])).rejects.toMatchObject({ code: 'KAFKA_RECORD_TOO_LARGE' })
    await transactions.write([record(topic, 'k', 'committed')])
    await eventually(() => of(0).length > 0)
    expect(of(0)).toEqual(['committed'])
  })

  it('takes up partitions beside those it follows, and is told nothing more of one that it leaves', async () => {
    const topic = await on.newTopic(2)
    const { follower, of } = following(on, { topic, partition: 0 })
    await on.producer.send([record(topic, null, 'a', { partition: 0 }), record(topic, null, 'b', { partition: 1 })])
    await eventually(() => of(0).length === 1)
    follower.follow({ topic, partition: 1 })
    await eventually(() => of(1).length === 1)
    follower.unfollow({ topic, partition: 0 })
    await on.producer.send([record(topic, null, 'c', { partition: 0 })])
    await on.producer.send([record(topic, null, 'd', { partition: 1 })])
    await eventually(() => of(1).length === 2)
    expect(of(0)).toEqual(['a'])
  })

  it('waits for a topic that is not there, says so, and holds up no other', async () => {
    const there = await on.newTopic()
    const topic = on.topicName()
    const { of, health } = following(on, { topic, partition: 1 }, { topic: there, partition: 0 })
    await on.producer.send([record(there, 'k', 'there')])
    await eventually(() => of(0).length === 1 && health.at(-1) === 'KAFKA_TOPIC_MISSING', patience)
    const admin = on.client.admin()
    await admin.createTopics([{ name: topic, partitions: 2, config: {} }], 1)
    await admin.close()
    await on.producer.send([record(topic, null, 'late', { partition: 1 })])
    await eventually(() => of(1).length === 1 && health.at(-1) === 'well', patience)
  })

  it('is told nothing after it was closed', async () => {
    const topic = await on.newTopic()
    const { follower, of } = following(on, { topic, partition: 0 })
    await on.producer.send([record(topic, 'k', 'a')])
    await eventually(() => of(0).length === 1)
    const closed = follower.close()
    await on.producer.send([record(topic, 'k', 'b')])
    await closed
    expect(of(0)).toEqual(['a'])
  })
})
