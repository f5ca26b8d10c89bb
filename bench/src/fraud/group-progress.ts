import { Admin } from '@platformatic/kafka'

/** How far groups have come, as their coordinator says: the same for any client. */
export class GroupProgress {
  readonly #admin: Admin

  constructor(brokers: string) {
    this.#admin = new Admin({ clientId: 'bench-progress', bootstrapBrokers: brokers.split(',') })
  }

  /** Records of a topic that a group has committed; the topic's first record must still be there. */
  async done(groupId: string, topic: string): Promise<number> {
    const [group] = await this.#admin.listConsumerGroupOffsets({ groups: [groupId] })
    const partitions = group?.topics.find(({ name }) => name === topic)?.partitions ?? []
    return partitions.reduce((sum, { committedOffset }) => sum + Math.max(0, Number(committedOffset)), 0)
  }

  /** The group begins anew. Its members must have left. */
  async forget(groupId: string): Promise<void> {
    await this.#admin.deleteGroups({ groups: [groupId] })
  }

  async close(): Promise<void> {
    await this.#admin.close()
  }
}
