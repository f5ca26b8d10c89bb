import { cardProfiles, fraudFeedback } from '@swipestream/contracts'
import { eventually, type TestBackbone, testBackbone } from '@swipestream/messaging/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { GroupMember } from './group-member.js'
import { testTopics } from './test-topics.js'
import { input } from './traffic.js'

const heapMb = 96
/** Of 20 records of a partition, so that it handles some 50 a second of all. */
const batchMs = 2_500
const cards = Array.from({ length: 60 }, (_, i) => `card-${i}`)
/** Bytes of text in a record, in turn: from what a swipe is to what a topic takes. */
const sizes = [200, 1_000, 200, 20_000, 200, 300_000]
const backlogMb = 250

interface Look {
  readonly rssMb: number
  readonly lag: number
  readonly queued: number
  readonly handled: number
}

async function look(member: GroupMember): Promise<Look> {
  const metrics = await (await fetch(`${await member.url}/metrics`)).text()
  const sum = (name: string) => [...metrics.matchAll(new RegExp(`^${name}\\{[^}]*\\} (\\S+)$`, 'gm'))].reduce((total, [, value]) => total + Number(value), 0)
  return {
    rssMb: Math.round(Number(/^process_resident_memory_bytes (\S+)$/m.exec(metrics)?.[1]) / 1024 ** 2),
    lag: sum('consumer_lag_records'),
    queued: sum('consumer_queued_records'),
    handled: sum('consumer_records_total'),
  }
}

/** Writes the backlog as fast as it goes. @returns how many records it is */
async function writeBacklog(backbone: TestBackbone): Promise<number> {
  const bytesAround = (cards.length / sizes.length) * sizes.reduce((sum, size) => sum + size, 0)
  const rounds = Math.ceil((backlogMb * 1024 ** 2) / bytesAround)
  for (let n = 0; n < rounds; n++) {
    const comment = (i: number) => 'x'.repeat(sizes[(i + n) % sizes.length] ?? 0)
    await backbone.publish(cards.map((card, i) => fraudFeedback.event({ ...input(card, n), comment: comment(i) })))
  }
  return rounds * cards.length
}

describe.each([
  { exactlyOnce: false, way: 'at least once' },
  { exactlyOnce: true, way: 'exactly once' },
])('a service that handles, $way, a tenth of what comes', ({ exactlyOnce, way }) => {
  it('lives on with a small heap, says how far it is behind, and keeps the order', { timeout: 180_000 }, async () => {
    const backbone = await testBackbone(testTopics)
    onTestFinished(() => backbone.close())
    const member = new GroupMember(backbone, 'slow', { group: 'overloaded', exactlyOnce, batchMs, heapMb })
    await eventually(() => member.ready(), { timeoutMs: 45_000 })
    const atRest = await look(member)

    const looks: Look[] = []
    const watch = async () => {
      const now = await look(member)
      looks.push(now)
      return now
    }
    let written = 0
    const writing = writeBacklog(backbone).then((count) => (written = count))
    const watching = eventually(async () => (await watch()) && written > 0, { timeoutMs: 120_000, intervalMs: 100 })
    await Promise.all([writing, watching])
    const handledMeanwhile = (await watch()).handled
    // The records it holds were all fetched while the backlog grew: it must go on as long again.
    await eventually(async () => (await watch()).handled >= 2 * handledMeanwhile, { timeoutMs: 60_000, intervalMs: 100 })
    // Every partition has had its turn.
    await eventually(async () => Map.groupBy(await backbone.received(cardProfiles), ({ key }) => key).size === cards.length, { timeoutMs: 60_000 })
    // What is paused tells nothing by itself: its end is asked for every few seconds.
    await eventually(async () => (await watch()).lag > written / 2, { timeoutMs: 60_000, intervalMs: 100 })

    const most = (field: keyof Look) => Math.max(...looks.map((each) => each[field]))
    console.log(`overload, ${way}: ${handledMeanwhile} of ${written} records handled meanwhile; ${atRest.rssMb} MB at rest, ${most('rssMb')} at most; lag ${most('lag')}, queued ${most('queued')}`)
    expect(handledMeanwhile).toBeLessThan(written / 10)
    expect(most('queued')).toBeGreaterThan(0)
    // Far less than the backlog: most of it waits in Kafka.
    expect(most('rssMb') - atRest.rssMb).toBeLessThan(backlogMb / 2)
    expect(await member.ready()).toBe(true)

    member.kill('SIGKILL')
    await member.exited
    const numbers = Map.groupBy(await backbone.received(cardProfiles), ({ key }) => key)
    expect(numbers.size).toBe(cards.length)
    for (const [, of] of numbers) expect(of.map(({ value }) => value.input_offset)).toEqual(of.map((_, i) => i))
  })
})
