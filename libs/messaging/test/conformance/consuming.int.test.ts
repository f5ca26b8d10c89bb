import { describe, expect, it } from 'vitest'
import { eventually } from '@swipestream/messaging/testing'
import { clientNames, patience, record, sessionTimeoutMs, underTest } from './clients.js'

describe.each(clientNames)('%s: a consumer group', (name) => {
  const on = underTest(name)

  it('reads on where it committed, also in another process', async () => {
    const topic = await on.newTopic()
    await on.producer.send(['a', 'b', 'c'].map((value) => record(topic, 'k', value)))
    const first = on.join([topic])
    await eventually(() => first.seen.length === 3)
    await first.consumer.commit([{ topic, partition: 0, offset: 2n }])
    await first.consumer.close()
    const second = on.join([topic], { groupId: first.groupId })
    await eventually(() => second.seen.length > 0)
    expect(second.values()).toEqual(['c'])
  })

  it('gives what a batch of records was sent as in few calls, in order', async () => {
    const topic = await on.newTopic()
    await on.producer.send(Array.from({ length: 5_000 }, (_, i) => record(topic, 'k', String(i))))
    const member = on.join([topic])
    await eventually(() => member.seen.length === 5_000)
    expect(member.seen.map(({ offset }) => Number(offset))).toEqual(Array.from({ length: 5_000 }, (_, i) => i))
  })

  it('does not fetch a paused partition, and fetches it again when it is resumed', async () => {
    const topic = await on.newTopic(2)
    const member = on.join([topic])
    await eventually(() => member.held.size === 2)
    await on.producer.send([record(topic, null, 'a0', { partition: 0 })])
    await eventually(() => member.values().includes('a0'))
    member.consumer.pause({ topic, partition: 0 })
    // What was asked for before the pause may still come: this one flushes it out.
    await on.producer.send([record(topic, null, 'b1', { partition: 1 })])
    await eventually(() => member.values().includes('b1'))
    await on.producer.send([record(topic, null, 'c0', { partition: 0 }), record(topic, null, 'c1', { partition: 1 })])
    await eventually(() => member.values().includes('c1'))
    expect(member.values()).not.toContain('c0')
    member.consumer.resume({ topic, partition: 0 })
    await eventually(() => member.values().includes('c0'))
  })

  it('reads nothing of a partition before it is told where', async () => {
    const topic = await on.newTopic(2)
    await on.producer.send([0, 1].map((partition) => record(topic, null, `p${partition}`, { partition })))
    const member = on.join([topic], {
      onAssigned: (consumer, partitions) => {
        for (const partition of partitions) if (partition.partition === 1) consumer.seek(partition, null)
      },
    })
    await eventually(() => member.values().includes('p1'))
    await on.producer.send([record(topic, null, 'q1', { partition: 1 })])
    await eventually(() => member.values().includes('q1'))
    expect(member.values()).toEqual(['p1', 'q1'])
    member.consumer.seek({ topic, partition: 0 }, 0n)
    await eventually(() => member.values().includes('p0'))
  })

  it('reads on at any offset it is told, back, forward, or where the group has committed', async () => {
    const topic = await on.newTopic()
    const at = { topic, partition: 0 }
    await on.producer.send(['a', 'b', 'c', 'd'].map((value) => record(topic, 'k', value)))
    const member = on.join([topic])
    await eventually(() => member.seen.length === 4)
    const seekAndSee = async (offset: bigint | null) => {
      member.seen.length = 0
      member.consumer.seek(at, offset)
      await eventually(() => member.values().at(-1) === 'd')
      return member.values()
    }
    expect(await seekAndSee(1n)).toEqual(['b', 'c', 'd'])
    expect(await seekAndSee(3n)).toEqual(['d'])
    expect(await seekAndSee(0n)).toEqual(['a', 'b', 'c', 'd'])
    await member.consumer.commit([{ ...at, offset: 2n }])
    expect(await seekAndSee(null)).toEqual(['c', 'd'])
    // Beyond what is there now: only what comes then.
    member.seen.length = 0
    member.consumer.seek(at, 4n)
    await on.producer.send([record(topic, 'k', 'e')])
    await eventually(() => member.seen.length > 0)
    expect(member.values()).toEqual(['e'])
  })

  it('gives no record of before a seek after it, also while a fetch is under way', async () => {
    const topic = await on.newTopic()
    await on.producer.send(Array.from({ length: 200 }, (_, i) => record(topic, 'k', String(i))))
    const member = on.join([topic])
    await eventually(() => member.seen.length === 200)
    for (let round = 0; round < 20; round++) {
      const from = (round * 37) % 200
      member.seen.length = 0
      member.consumer.seek({ topic, partition: 0 }, 0n)
      member.consumer.seek({ topic, partition: 0 }, BigInt(from))
      await eventually(() => member.seen.length >= 200 - from)
      expect(Number(member.seen[0]?.offset)).toBe(from)
      expect(member.seen).toHaveLength(200 - from)
    }
  })

  it('ignores what is said of partitions it does not have', async () => {
    const topic = await on.newTopic()
    const member = on.join([topic])
    await eventually(() => member.held.size === 1)
    const elsewhere = { topic: 'elsewhere', partition: 7 }
    member.consumer.seek(elsewhere, 0n)
    member.consumer.pause(elsewhere)
    member.consumer.resume(elsewhere)
    await member.consumer.commit([{ ...elsewhere, offset: 3n }])
    await on.producer.send([record(topic, 'k', 'v')])
    await eventually(() => member.seen.length === 1)
  })

  it('waits for a topic that is not there yet', async () => {
    const topic = on.topicName()
    const member = on.join([topic])
    await eventually(() => member.complaints.includes('KAFKA_TOPIC_MISSING'))
    const admin = on.client.admin()
    await admin.createTopics([{ name: topic, partitions: 1, config: {} }], 1)
    await admin.close()
    await on.producer.send([record(topic, 'k', 'v')])
    await eventually(() => member.seen.length === 1)
    await eventually(() => member.complaints.at(-1) === 'well')
  })

  it('goes on with its other topics when one is deleted while it is consumed, says so, and reads it when it is made anew', async () => {
    const [kept, deleted] = [await on.newTopic(), await on.newTopic()]
    const member = on.join([kept, deleted])
    await eventually(() => member.held.size === 2)
    await on.producer.send([record(deleted, 'k', 'before'), record(kept, 'k', 'a')])
    await eventually(() => member.seen.length === 2)
    const admin = on.client.admin()
    await admin.deleteTopics([deleted])
    await eventually(() => member.complaints.includes('KAFKA_TOPIC_MISSING'), patience)
    // It knows topics by their names only: one that is made anew before it has looked is for it the same one.
    if (name === 'kafkajs') await eventually(() => !member.held.has(`${deleted}/0`), patience)
    await on.producer.send([record(kept, 'k', 'b')])
    await eventually(() => member.values().includes('b'))
    await admin.createTopics([{ name: deleted, partitions: 1, config: {} }], 1)
    await admin.close()
    await on.producer.send([record(deleted, 'k', 'anew')])
    await eventually(() => member.values().includes('anew'), patience)
    await eventually(() => member.complaints.at(-1) === 'well', patience)
  })

  it('is told of nothing after it was closed', async () => {
    const topic = await on.newTopic()
    const member = on.join([topic])
    await eventually(() => member.held.size === 1)
    await member.consumer.close()
    const before = [member.moves.length, member.complaints.length]
    await on.producer.send([record(topic, 'k', 'late')])
    const other = on.join([topic], { groupId: member.groupId })
    // At once: it left, and was not waited for until its session had run out.
    await eventually(() => other.values().includes('late'), { timeoutMs: sessionTimeoutMs })
    expect([member.moves.length, member.complaints.length, member.seen.length]).toEqual([...before, 0])
  })
})
