import { randomUUID } from 'node:crypto'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '@swipestream/messaging/testing'
import { type Stack, startStack } from '@swipestream/stack'
import type { TransactionalProducer } from '@swipestream/messaging'
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { clientsInOutages, clientOf, committed, patience, record, underTest, valuesOf } from './clients.js'

/** Servers of its own: they are killed. */
let stack: Stack

beforeAll(async () => {
  stack = await startStack({ servers: ['kafka'] })
})
afterEach(() => stack.kill('kafka', 'SIGCONT'))
afterAll(() => stack.stop())

describe.each(clientsInOutages)('%s: a broker that is killed', (name) => {
  const on = underTest(name, () => stack.env['KAFKA_BROKERS'] ?? '')

  it('is waited for: the member says so, reads on when it is back, and what was sent meanwhile is written once, in order', async () => {
    const topic = await on.newTopic(2)
    const member = on.join([topic])
    await eventually(() => member.held.size === 2 && member.complaints.at(-1) === 'well')
    await on.producer.send([record(topic, 'k', '0')])
    await eventually(() => member.values().includes('0'))
    const { partition = 0 } = member.seen[0] ?? {}
    await member.consumer.commit([{ topic, partition, offset: 1n }])
    await stack.kill('kafka')
    let refused = 0
    const sending = (async () => {
      for (const n of [1, 2, 3]) {
        await eventually(() => on.producer.send([record(topic, 'k', String(n))]).then(() => true, (error: { code?: string }) => error.code === 'KAFKA_UNAVAILABLE' && ++refused < 0), patience)
      }
    })()
    await eventually(() => member.complaints.at(-1) === 'KAFKA_UNAVAILABLE', patience)
    await stack.start('kafka')
    await sending
    await eventually(() => member.complaints.at(-1) === 'well', patience)
    await eventually(() => member.values().includes('3'), patience)
    expect([...new Set(member.values())]).toEqual(['0', '1', '2', '3'])
    // Nothing twice, unless the broker was away for longer than a producer tries, and it was sent anew.
    if (refused === 0) expect(member.values()).toHaveLength(4)
    // The place in the group is the same, or was given up and found again; a commit is taken in any case.
    await eventually(() => member.consumer.commit([{ topic, partition, offset: 4n }]).then(() => true, () => false), patience)
  })

  it('that does not answer holds up neither the end of a consumer nor of the others', async () => {
    const topic = await on.newTopic()
    const member = on.join([topic])
    const [producer, reader, transactions] = [on.client.producer(), on.client.reader(), on.client.transactionalProducer(randomUUID())]
    await Promise.all([producer.send([record(topic, 'k', 'v')]), reader.bounds(topic), transactions.open()])
    await eventually(() => member.seen.length === 1)
    await stack.kill('kafka', 'SIGSTOP')
    const failing = [producer.send([record(topic, 'k', 'w')]), transactions.write([record(topic, 'k', 'x')]), reader.bounds(topic)].map((each) => each.catch((error: unknown) => error))
    const began = performance.now()
    await Promise.all([member.consumer.close(), producer.close(), transactions.close(), reader.close()])
    expect(performance.now() - began).toBeLessThan(8_000)
    await stack.kill('kafka', 'SIGCONT')
    for (const outcome of await Promise.all(failing)) if (outcome instanceof Error) expect(outcome).toMatchObject({ kind: 'transient' })
  })

  it('is there again for a client that was made while it was away', async () => {
    const topic = await on.newTopic()
    await stack.kill('kafka')
    const producer = clientOf(name, stack.env['KAFKA_BROKERS']).producer()
    onTestFinished(() => producer.close())
    const send = async () => {
      try {
        await producer.send([record(topic, 'k', 'v')])
        return true
      } catch (error) {
        expect(error).toMatchObject({ code: 'KAFKA_UNAVAILABLE' })
        return false
      }
    }
    const sent = eventually(send, patience)
    const member = on.join([topic])
    await eventually(() => member.complaints.includes('KAFKA_UNAVAILABLE'), patience)
    await stack.start('kafka')
    await sent
    await eventually(() => member.values().includes('v'), patience)
  })
})

describe.each(clientsInOutages)('%s: a broker that is killed and started again while transactions are written', (name) => {
  const on = underTest(name, () => stack.env['KAFKA_BROKERS'] ?? '')

  it('has every write that was acknowledged once, and of the others nothing or the whole, as the committed offset says', async () => {
    const [input, output] = [await on.newTopic(), await on.newTopic(3)]
    const most = 10_000
    await on.producer.send(Array.from({ length: most }, (_, i) => record(input, null, `${i}`)))
    const groupId = randomUUID()
    const transactions = on.client.transactionalProducer(randomUUID())
    onTestFinished(() => transactions.close())
    await transactions.open()
    let [next, acknowledged, lost] = [0, 0, 0]
    const stop = new AbortController()
    const writing = (async () => {
      while (!stop.signal.aborted && next < most - 1) {
        const records = [0, 1, 2].map((partition) => record(output, null, `${next}`, { partition }))
        try {
          await transactions.write(records, { groupId, topic: input, partition: 0, offset: BigInt(next + 1) })
          next++
          acknowledged++
        } catch (error) {
          const { code } = error as { code?: string }
          if (code !== 'KAFKA_FENCED' && code !== 'KAFKA_TRANSACTION_LOST') {
            expect(code).toBe('KAFKA_UNAVAILABLE')
            continue
          }
          lost++
          await reopened(transactions)
          next = Number(await committed(on.client, { groupId, topic: input, partition: 0 }))
        }
      }
    })()
    for (let kill = 1; kill <= 2; kill++) {
      const before = acknowledged
      await eventually(() => acknowledged > before + 20, { timeoutMs: 60_000 })
      await stack.kill('kafka')
      await sleep(kill * 100)
      await stack.start('kafka')
    }
    const before = acknowledged
    await eventually(() => acknowledged > before + 20, { timeoutMs: 60_000 })
    stop.abort()
    await writing
    console.log(`${name}: broker killed twice: ${acknowledged} writes acknowledged, ${lost} times lost and opened again`)
    const expected = Array.from({ length: next }, (_, i) => `${i}`)
    for (const each of await valuesOf(on.client, output)) expect(each).toEqual(expected)
    expect(await committed(on.client, { groupId, topic: input, partition: 0 })).toBe(BigInt(next))
  }, 180_000)
})

async function reopened(transactions: TransactionalProducer): Promise<void> {
  await eventually(async () => {
    try {
      await transactions.open()
      return true
    } catch (error) {
      expect(error).toMatchObject({ kind: 'transient' })
      return false
    }
  }, { timeoutMs: 60_000 })
}

describe('a batch that a disk has changed', () => {
  /** Exchanges a text for one of the same length in the log of partition 0, under the broker's feet. */
  async function exchange(topic: string, text: string, by: string): Promise<void> {
    const path = join(stack.dir, 'kafka', 'data', `${topic}-0`, '00000000000000000000.log')
    const at = (await readFile(path)).indexOf(text)
    const file = await open(path, 'r+')
    await file.write(by, at)
    await file.close()
  }

  describe('platformatic', () => {
    const on = underTest('platformatic', () => stack.env['KAFKA_BROKERS'] ?? '')

    it('reaches no handler: its partition waits and says so, others go on; once it is whole again, nothing is missing', async () => {
      const topic = await on.newTopic(2)
      for (const value of ['first', 'second', 'third']) await on.producer.send([record(topic, null, value, { partition: 0 })])
      await on.producer.send([record(topic, null, 'other', { partition: 1 })])
      await exchange(topic, 'second', 'sEcond')
      const member = on.join([topic])
      await eventually(() => member.seen.length === 2 && member.complaints.at(-1) === 'KAFKA_BATCH_CORRUPT', patience)
      expect(member.values().sort()).toEqual(['first', 'other'])
      await exchange(topic, 'sEcond', 'second')
      await eventually(() => member.seen.length === 4 && member.complaints.at(-1) === 'well', patience)
      expect(member.values().slice(2)).toEqual(['second', 'third'])
    })
  })

  describe('kafkajs', () => {
    const on = underTest('kafkajs', () => stack.env['KAFKA_BROKERS'] ?? '')

    it('comes as it lies there: the client looks at no checksum', async () => {
      const topic = await on.newTopic()
      await on.producer.send([record(topic, null, 'first')])
      await exchange(topic, 'first', 'fIrst')
      const member = on.join([topic])
      await eventually(() => member.seen.length === 1)
      expect(member.values()).toEqual(['fIrst'])
    })
  })
})
