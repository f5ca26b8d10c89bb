import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sharedOut, topicsOf } from './assignment.js'
import { AssignerProtocol } from './protocol.js'

const { MemberAssignment, MemberMetadata } = AssignerProtocol
const member = (memberId: string, topics: string[]) => ({ memberId, memberMetadata: MemberMetadata.encode({ version: 0, topics, userData: Buffer.alloc(0) }) })

function shares(members: ReturnType<typeof member>[], counts: Record<string, number>): Map<string, string[]> {
  const assignments = sharedOut(members, (topic) => counts[topic] ?? 0, 0)
  return new Map(
    assignments.map(({ memberId, memberAssignment }) => [
      memberId,
      Object.entries(MemberAssignment.decode(memberAssignment)?.assignment ?? {}).flatMap(([topic, partitions]) => partitions.map((partition) => `${topic}/${partition}`)),
    ]),
  )
}

describe('sharedOut', () => {
  it('gives each partition to one of those who want its topic, and the same to all, whoever leads', () => {
    const topics = fc.subarray(['a', 'b', 'c'], { minLength: 1 })
    fc.assert(
      fc.property(fc.array(topics, { minLength: 1, maxLength: 6 }), fc.array(fc.nat(7), { minLength: 3, maxLength: 3 }), (wanted, [a = 0, b = 0, c = 0]) => {
        const members = wanted.map((each, i) => member(`member-${i}`, each))
        const given = shares(members, { a, b, c })
        const all = [...given.values()].flat()
        const expected = topicsOf(members).flatMap((topic) => Array.from({ length: { a, b, c }[topic] ?? 0 }, (_, partition) => `${topic}/${partition}`))
        expect(all.toSorted()).toEqual(expected.toSorted())
        for (const [i, each] of wanted.entries()) for (const name of given.get(`member-${i}`) ?? []) expect(each).toContain(name.split('/')[0])
        expect(shares(members.toReversed(), { a, b, c })).toEqual(given)
      }),
    )
  })

  it('gives members that want the same as many as each other, but for one', () => {
    const given = shares(['x', 'y', 'z'].map((id) => member(id, ['a', 'b'])), { a: 5, b: 6 })
    expect([...given.values()].map(({ length }) => length).toSorted()).toEqual([3, 4, 4])
  })

  it('gives nothing of topics that are not there', () => {
    expect(shares([member('x', ['missing'])], {})).toEqual(new Map([['x', []]]))
  })
})
