import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { KafkajsCluster } from './cluster.js'
import { Membership } from './membership.js'
import { AssignerProtocol, type Node } from './protocol.js'

const { MemberAssignment } = AssignerProtocol
const sessionTimeoutMs = 250

/** A group's coordinator that has one member. */
const group = {
  partitions: 2,
  joins: [] as string[],
  commits: [] as number[],
  left: [] as string[],
  /** What it answers to the next heartbeats. */
  heartbeat: async (): Promise<void> => undefined,
  /** When a broker, which may be another, answers who leads what. */
  answers: async (): Promise<void> => undefined,
}
const answerOf = (type: string) => Object.assign(new Error(type), { type, retriable: false })

const coordinator = {
  joinGroup: async ({ memberId }: { memberId: string }) => {
    group.joins.push(memberId)
    const name = memberId || `member-${group.joins.length}`
    return { generationId: group.joins.length, groupProtocol: 'roundrobin', leaderId: 'another', memberId: name, members: [] }
  },
  syncGroup: async () => ({
    memberAssignment: MemberAssignment.encode({ version: 0, assignment: { t: Array.from({ length: group.partitions }, (_, i) => i) }, userData: Buffer.alloc(0) }),
  }),
  heartbeat: () => group.heartbeat(),
  offsetCommit: async ({ groupGenerationId }: { groupGenerationId: number }) => {
    if (groupGenerationId !== group.joins.length) throw answerOf('ILLEGAL_GENERATION')
    group.commits.push(groupGenerationId)
  },
  leaveGroup: async ({ memberId }: { memberId: string }) => void group.left.push(memberId),
} as unknown as Node
const cluster = {
  know: async (topics: readonly string[]) => {
    await group.answers()
    return group.partitions === 0 ? topics : []
  },
  refresh: async () => undefined,
  partitionCount: () => group.partitions,
  coordinator: async () => coordinator,
  noteFailure: () => undefined,
} as unknown as KafkajsCluster

let membership: Membership
let told: string[]

beforeEach(() => {
  Object.assign(group, { partitions: 2, joins: [], commits: [], left: [], heartbeat: async () => undefined, answers: async () => undefined })
  told = []
  membership = new Membership({
    cluster,
    group: { groupId: 'g', topics: ['t'], sessionTimeoutMs },
    assigned: (partitions) => told.push(`assigned ${partitions.map(({ partition }) => partition).join(',')}`),
    revoked: () => told.push('revoked'),
    trouble: (part, error) => void (error && told.push(`${part}: ${error.code}`)),
  })
  membership.start()
})
afterEach(() => membership.close())

describe('a member', () => {
  it('gives up all it has before it joins anew, when the group shares out its partitions', async () => {
    await vi.waitFor(() => expect(told).toEqual(['assigned 0,1']))
    group.heartbeat = vi.fn(async () => undefined).mockRejectedValueOnce(answerOf('REBALANCE_IN_PROGRESS'))
    await vi.waitFor(() => expect(told).toEqual(['assigned 0,1', 'revoked', 'assigned 0,1']))
    expect(group.joins).toEqual(['', 'member-1'])
  })

  it('that the group has dropped comes back as another one', async () => {
    await vi.waitFor(() => expect(told).toEqual(['assigned 0,1']))
    group.heartbeat = vi.fn(async () => undefined).mockRejectedValueOnce(answerOf('UNKNOWN_MEMBER_ID'))
    await vi.waitFor(() => expect(told).toEqual(['assigned 0,1', 'revoked', 'assigned 0,1']))
    expect(group.joins).toEqual(['', ''])
  })

  it('keeps what it has over heartbeats that fail, and says so', async () => {
    await vi.waitFor(() => expect(told).toEqual(['assigned 0,1']))
    group.heartbeat = vi.fn(async () => undefined).mockRejectedValueOnce(new Error('connection closed'))
    await vi.waitFor(() => expect(told).toContain('membership: KAFKA_UNAVAILABLE'))
    await vi.waitFor(() => expect(group.heartbeat).toHaveBeenCalledTimes(2))
    expect(told).toEqual(['assigned 0,1', 'membership: KAFKA_UNAVAILABLE'])
    expect(group.joins).toEqual([''])
  })

  it('sends heartbeats also while another broker does not answer', async () => {
    await vi.waitFor(() => expect(told).toEqual(['assigned 0,1']))
    group.answers = () => new Promise(() => undefined)
    const heartbeat = (group.heartbeat = vi.fn(async () => undefined))
    await vi.waitFor(() => expect(heartbeat).toHaveBeenCalledTimes(3), { timeout: 5 * sessionTimeoutMs })
    expect(told).toEqual(['assigned 0,1'])
  })

  it('gives up what it has when nothing was heard for as long as a session lasts', async () => {
    await vi.waitFor(() => expect(told).toEqual(['assigned 0,1']))
    group.heartbeat = () => new Promise(() => undefined)
    await vi.waitFor(() => expect(told).toContain('revoked'), { timeout: 5 * sessionTimeoutMs })
  })

  it('joins anew when partitions were added', async () => {
    await vi.waitFor(() => expect(told).toEqual(['assigned 0,1']))
    group.partitions = 3
    await vi.waitFor(() => expect(told).toEqual(['assigned 0,1', 'revoked', 'assigned 0,1,2']))
  })

  it('gives up what it has when its topics are gone, and waits for them', async () => {
    await vi.waitFor(() => expect(told).toEqual(['assigned 0,1']))
    group.partitions = 0
    await vi.waitFor(() => expect(told).toContain('revoked'))
    expect(told).toContain('topics: KAFKA_TOPIC_MISSING')
    group.partitions = 1
    await vi.waitFor(() => expect(told.at(-1)).toBe('assigned 0'))
  })

  it('commits as of its generation only, and leaves when it is closed', async () => {
    await vi.waitFor(() => expect(told).toEqual(['assigned 0,1']))
    await membership.commit([{ topic: 't', partition: 0, offset: 3n }])
    group.joins.push('another')
    await expect(membership.commit([{ topic: 't', partition: 0, offset: 3n }])).rejects.toMatchObject({ code: 'GROUP_REBALANCING' })
    expect(group.commits).toEqual([1])
    await membership.close()
    expect(group.left).toEqual(['member-1'])
  })
})
