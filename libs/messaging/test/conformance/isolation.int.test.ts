import { randomUUID } from 'node:crypto'
import { describe, expect, it, onTestFinished } from 'vitest'
import { eventually } from '@swipestream/messaging/testing'
import { clientNames, record, textOf, underTest } from './clients.js'
import { rawTransaction, sendBy } from './raw-transaction.js'

describe.each(clientNames)('%s: a reader of committed records', (name) => {
  const on = underTest(name)

  it('never sees a record of an aborted transaction, also of one that spans many fetches', async () => {
    const topic = await on.newTopic()
    const member = on.join([topic])
    await eventually(() => member.held.size === 1)
    const values = Array.from({ length: 500 }, () => 'x'.repeat(1_000))
    const aborted = await rawTransaction(randomUUID())
    for (let i = 0; i < 30; i++) await sendBy(aborted, topic, values)
    await aborted.abort()
    const committed = await rawTransaction(randomUUID())
    await sendBy(committed, topic, ['committed'])
    await committed.commit()
    await eventually(() => member.seen.length > 0)
    expect(member.values()).toEqual(['committed'])
    // Those that read it all afterwards, from the beginning.
    const late = on.join([topic])
    await eventually(() => late.seen.length > 0)
    expect(late.values()).toEqual(['committed'])
    expect((await on.read(topic)).map(textOf)).toEqual(['committed'])
  })

  it('never sees one of several that were aborted side by side, in whatever order they ended', async () => {
    const topic = await on.newTopic()
    const [outer, inner, kept] = await Promise.all([rawTransaction(randomUUID()), rawTransaction(randomUUID()), rawTransaction(randomUUID())])
    await sendBy(outer, topic, ['outer 1', 'outer 2'])
    await sendBy(inner, topic, ['inner 1'])
    await sendBy(kept, topic, ['kept 1'])
    await sendBy(outer, topic, ['outer 3'])
    await inner.abort()
    await sendBy(kept, topic, ['kept 2'])
    await sendBy(outer, topic, ['outer 4'])
    await kept.commit()
    await outer.abort()
    await on.producer.send([record(topic, 'k', 'after')])
    const member = on.join([topic])
    await eventually(() => member.values().includes('after'))
    expect(member.values()).toEqual(['kept 1', 'kept 2', 'after'])
    expect((await on.read(topic)).map(textOf)).toEqual(['kept 1', 'kept 2', 'after'])
  })

  it('sees what a producer commits between two transactions that it aborts', async () => {
    const topic = await on.newTopic()
    const transactions = on.client.transactionalProducer(randomUUID())
    onTestFinished(() => transactions.close())
    await transactions.open()
    const large = record(topic, 'k', 'x'.repeat(1_200_000))
    const refused = expect.objectContaining({ code: 'KAFKA_RECORD_TOO_LARGE' })
    await expect(transactions.write([record(topic, 'k', 'aborted 1'), large, record(topic, 'k', 'aborted 2')])).rejects.toEqual(refused)
    await transactions.write([record(topic, 'k', 'committed 1')])
    await expect(transactions.write([large])).rejects.toEqual(refused)
    await transactions.write([record(topic, 'k', 'committed 2')])
    const member = on.join([topic])
    await eventually(() => member.seen.length >= 2)
    expect(member.values()).toEqual(['committed 1', 'committed 2'])
    expect((await on.read(topic)).map(textOf)).toEqual(['committed 1', 'committed 2'])
  })

  it('takes no key of a record for the end of an aborted transaction', async () => {
    const topic = await on.newTopic()
    const aborted = await rawTransaction(randomUUID())
    // The key an abort marker has.
    await sendBy(aborted, topic, ['a'], '\0\0\0\0')
    await sendBy(aborted, topic, ['b'])
    await aborted.abort()
    await on.producer.send([record(topic, 'k', 'after')])
    const member = on.join([topic])
    await eventually(() => member.values().includes('after'))
    expect(member.values()).toEqual(['after'])
  })

  it('reads no further than the first open transaction, and on when it has ended', async () => {
    const topic = await on.newTopic()
    const member = on.join([topic])
    await on.producer.send([record(topic, 'k', 'before')])
    const open = await rawTransaction(randomUUID())
    await sendBy(open, topic, ['open'])
    await on.producer.send([record(topic, 'k', 'behind')])
    await eventually(() => member.seen.length === 1)
    expect(await on.reader.bounds(topic)).toEqual([{ first: 0n, end: 1n }])
    expect(await on.reader.written(topic)).toEqual([3n])
    expect((await on.read(topic)).map(textOf)).toEqual(['before'])
    // What another member reads meanwhile shows that this one was not only slow.
    const other = on.join([topic])
    await eventually(() => other.seen.length === 1)
    expect(member.values()).toEqual(['before'])
    expect(member.end()).toBe(1n)
    await open.commit()
    await eventually(() => member.seen.length === 3)
    expect(member.values()).toEqual(['before', 'open', 'behind'])
  })

  it('reads to the end also where the last offsets are of no record', async () => {
    const topic = await on.newTopic()
    const committed = await rawTransaction(randomUUID())
    await sendBy(committed, topic, ['v'])
    await committed.commit()
    const aborted = await rawTransaction(randomUUID())
    await sendBy(aborted, topic, ['w'])
    await aborted.abort()
    // v, its commit marker, w, its abort marker: the coordinator writes the markers after it has answered.
    await eventually(async () => expect(await on.reader.bounds(topic)).toEqual([{ first: 0n, end: 4n }]) ?? true)
    expect((await on.read(topic)).map(textOf)).toEqual(['v'])
    const member = on.join([topic])
    await eventually(() => member.seen.length === 1)
    await member.consumer.commit([{ topic, partition: 0, offset: 1n }])
    await on.producer.send([record(topic, 'k', 'after')])
    await eventually(() => member.seen.length === 2)
    expect(member.seen.map(({ offset }) => offset)).toEqual([0n, 4n])
  })
})
