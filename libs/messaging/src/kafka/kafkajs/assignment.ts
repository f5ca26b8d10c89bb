import type { GroupMember, GroupMemberAssignment } from 'kafkajs'
import { AssignerProtocol } from './protocol.js'

const { MemberAssignment, MemberMetadata } = AssignerProtocol

/** Topics that any of the members wants. */
export function topicsOf(members: readonly GroupMember[]): string[] {
  return [...new Set(members.flatMap(subscription))].sort()
}

/** The partitions of all topics in a row, one to each member in turn who wants the topic. */
export function sharedOut(members: readonly GroupMember[], partitionCount: (topic: string) => number, version: number): GroupMemberAssignment[] {
  const inOrder = [...members].sort((a, b) => (a.memberId < b.memberId ? -1 : 1))
  const shares = new Map(inOrder.map(({ memberId }) => [memberId, {} as Record<string, number[]>]))
  let turn = 0
  for (const topic of topicsOf(members)) {
    const wanting = inOrder.filter((member) => subscription(member).includes(topic))
    for (let partition = 0; partition < partitionCount(topic); partition++) {
      const share = shares.get(wanting[turn++ % wanting.length]?.memberId ?? '')
      if (share) (share[topic] ??= []).push(partition)
    }
  }
  return [...shares].map(([memberId, assignment]) => ({
    memberId,
    memberAssignment: MemberAssignment.encode({ version, assignment, userData: Buffer.alloc(0) }),
  }))
}

function subscription({ memberMetadata }: GroupMember): string[] {
  return MemberMetadata.decode(memberMetadata)?.topics ?? []
}
