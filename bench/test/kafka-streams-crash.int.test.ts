import { type FraudDecision, transactionsLog } from '@swipestream/contracts'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { PeerUnderTest } from './peer-under-test.js'
import { began, swipeAt } from './swipes.js'

const cards = 30
/** Not more than a state remembers one by one: a swipe that a state had counted twice would be taken for a duplicate. */
const rounds = 40

let peer: PeerUnderTest

beforeAll(async () => {
  peer = await PeerUnderTest.onTopicsOfItsOwn()
})
afterAll(() => peer.close())

it('killed while it works, the peer goes on where it was: one decision a swipe, and a state that saw each once', { timeout: 180_000 }, async () => {
  await peer.start({ threads: 2 })
  const swipes = Array.from({ length: rounds }, (_, round) =>
    Array.from({ length: cards }, (_unused, card) => swipeAt(began + round, { card_id: `v1.card-${card}`, transaction_id: idOf(card, round) })),
  )
  for (const [round, each] of swipes.entries()) {
    await peer.swipe(...each)
    // What it has in hand then is not committed.
    if (round === rounds / 2) {
      await peer.decisions(1)
      await peer.kill()
    }
  }
  await peer.start({ threads: 2 })
  await peer.decisions(cards * rounds)
  await peer.stop()
  const decisions = (await peer.decisions(cards * rounds)).map(({ value }) => value)
  expect(decisions).toHaveLength(cards * rounds)
  for (const own of Map.groupBy(decisions, ({ card_id }) => card_id).values()) {
    expect(own.map(({ transaction_id }) => Number.parseInt(transaction_id.slice(-4), 16))).toEqual(Array.from({ length: rounds }, (_, round) => round))
    expect(own.map(usedInTheMinute)).toEqual(Array.from({ length: rounds }, (_, round) => (round < 3 ? undefined : round)))
  }
})

it('a record that cannot be read ends the peer, which says where it stands', { timeout: 120_000 }, async () => {
  await peer.start()
  await peer.backbone.send([{ topic: transactionsLog.name, partition: 0, key: Buffer.from('v1.card'), value: Buffer.from('swipe'), headers: {} }])
  expect(String(await peer.end())).toMatch(/exit code 1[^]*transactions_log-0@\d+ cannot be judged: not Confluent-framed Avro$/)
})

/** A UUID that says which swipe it is of its card. */
function idOf(card: number, round: number): string {
  const [first, last] = [card, round].map((number) => number.toString(16).padStart(4, '0'))
  return `0193e000-0000-7000-8000-0000${first}${last}`
}

/** What the rule velocity counted. */
function usedInTheMinute({ reasons }: FraudDecision): unknown {
  return reasons.find(({ rule_id }) => rule_id === 'velocity')?.evidence[0]?.value
}
