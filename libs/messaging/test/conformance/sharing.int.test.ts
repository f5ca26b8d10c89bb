import { randomUUID } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import { Admin as RawAdmin } from '@platformatic/kafka'
import { describe, expect, it } from 'vitest'
import { eventually } from '@swipestream/messaging/testing'
import { clientsInOutages, patience, record, sessionTimeoutMs, underTest } from './clients.js'
import type { DoomedMember } from './doomed-member.js'

describe.each(clientsInOutages)('%s: a consumer group of several members', (name) => {
  const on = underTest(name)

  it('shares the partitions between its members, and gives those of one that leaves to the other', async () => {
    const topic = await on.newTopic(4)
    const first = on.join([topic])
    await eventually(() => first.held.size === 4)
    const second = on.join([topic], { groupId: first.groupId })
    await eventually(() => first.held.size === 2 && second.held.size === 2, patience)
    expect(new Set([...first.held, ...second.held]).size).toBe(4)
    await second.consumer.close()
    await eventually(() => first.held.size === 4, patience)
    await on.producer.send([0, 1, 2, 3].map((partition) => record(topic, null, `p${partition}`, { partition })))
    await eventually(() => new Set(first.values()).size === 4)
  })

  it('tells a member of what went before another is told of it', async () => {
    const topic = await on.newTopic(4)
    const log: string[] = []
    const first = on.join([topic])
    await eventually(() => first.held.size === 4)
    const second = on.join([topic], {
      groupId: first.groupId,
      onAssigned: (_, partitions) => {
        for (const each of partitions) log.push(first.held.has(`${each.topic}/${each.partition}`) ? 'of both' : 'of one')
      },
    })
    await eventually(() => second.held.size === 2, patience)
    expect(log).toEqual(['of one', 'of one'])
  })

  it('takes two members of one process for two', async () => {
    const topic = await on.newTopic(2)
    await on.producer.send([0, 1].map((partition) => record(topic, null, `p${partition}`, { partition })))
    const groupId = randomUUID()
    const [one, two] = [on.join([topic], { groupId }), on.join([topic], { groupId })]
    await eventually(() => one.held.size === 1 && two.held.size === 1, patience)
    expect(new Set([...one.held, ...two.held]).size).toBe(2)
    await eventually(() => new Set([...one.values(), ...two.values()]).size === 2)
  })

  it('gives the partitions of a member that is killed to the others when its session has run out, and not before', async () => {
    const topic = await on.newTopic(2)
    const groupId = randomUUID()
    const doomed = new DoomedThread({ client: name, brokers: (process.env['KAFKA_BROKERS'] ?? '').split(','), groupId, topic, sessionTimeoutMs })
    await eventually(() => doomed.held === 2, patience)
    const heir = on.join([topic], { groupId })
    await eventually(() => doomed.held === 1 && heir.held.size === 1, patience)
    const began = performance.now()
    await doomed.kill()
    await eventually(() => heir.held.size === 2, patience)
    // The last heartbeat may have been an interval ago.
    expect(performance.now() - began).toBeGreaterThan(sessionTimeoutMs / 2)
    expect(performance.now() - began).toBeLessThan(sessionTimeoutMs + 10_000)
    await on.producer.send([0, 1].map((partition) => record(topic, null, `p${partition}`, { partition })))
    await eventually(() => new Set(heir.values()).size === 2)
  })

  it('leaves out of a commit what the member does not have any more', async () => {
    const topic = await on.newTopic(2)
    const first = on.join([topic])
    await eventually(() => first.held.size === 2)
    const second = on.join([topic], { groupId: first.groupId })
    await eventually(() => first.held.size === 1 && second.held.size === 1, patience)
    const partition = Number([...second.held][0]?.split('/')[1])
    await on.producer.send(['a', 'b', 'c'].map((value) => record(topic, null, value, { partition })))
    await eventually(() => second.seen.length === 3)
    await second.consumer.commit([{ topic, partition, offset: 3n }])
    await first.consumer.commit([{ topic, partition, offset: 0n }])
    await Promise.all([first.consumer.close(), second.consumer.close()])
    await on.producer.send([record(topic, null, 'd', { partition })])
    const next = on.join([topic], { groupId: first.groupId })
    await eventually(() => next.seen.length > 0, patience)
    expect(next.values()).toEqual(['d'])
  })

  it('finds a partition that is added while it consumes', async () => {
    const topic = await on.newTopic(1)
    const member = on.join([topic])
    await eventually(() => member.held.size === 1)
    const admin = new RawAdmin({ clientId: 'raw', bootstrapBrokers: (process.env['KAFKA_BROKERS'] ?? '').split(',') })
    await admin.createPartitions({ topics: [{ name: topic, count: 3 }] })
    await admin.close()
    await eventually(() => member.held.size === 3, patience)
    await eventually(async () => {
      await on.producer.send([0, 1, 2].map((partition) => record(topic, null, `p${partition}`, { partition }))).catch(() => undefined)
      return new Set(member.values()).size === 3
    }, patience)
  })
})

/** A member in a thread of its own, whose connections close without a word when it is killed. */
class DoomedThread {
  held = 0
  readonly #worker: Worker

  constructor(member: DoomedMember) {
    this.#worker = new Worker(new URL('./doomed-member.ts', import.meta.url), { workerData: member })
    this.#worker.on('message', (held: number) => {
      this.held = held
    })
  }

  async kill(): Promise<void> {
    await this.#worker.terminate()
  }
}
