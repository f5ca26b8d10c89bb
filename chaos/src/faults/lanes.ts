import { setTimeout as sleep } from 'node:timers/promises'
import { Seeded } from '../seeded.js'
import { drawn } from './bag.js'
import { consumerLane, type FaultContext, type FaultKind, faultKinds, faults, writerLane } from './faults.js'

/** Between the end of one fault and the next of its lane, in milliseconds. */
const pauseMs = { from: 1_000, to: 4_000 }

/** Makes faults in both lanes until the time is over. @returns how many of each kind */
export async function makeFaults(context: Omit<FaultContext, 'random'>, seed: number, until: number): Promise<Record<FaultKind, number>> {
  const made = Object.fromEntries(faultKinds.map((kind) => [kind, 0])) as Record<FaultKind, number>

  async function lane(kinds: readonly FaultKind[], random: Seeded): Promise<void> {
    for (const kind of drawn(kinds, random)) {
      await sleep(random.between(pauseMs.from, pauseMs.to))
      if (Date.now() >= until) return
      made[kind]++
      await faults[kind]({ ...context, random })
    }
  }

  await Promise.all([lane(consumerLane, new Seeded(seed)), lane(writerLane, new Seeded(~seed))])
  return made
}

/** Restarts the members in order, one after the other, evenly until the time is over. @returns when each restart began */
export async function restartInTurn({ system: { members }, tell, broken }: Omit<FaultContext, 'random'>, restarts: number, until: number): Promise<number[]> {
  const everyMs = (until - Date.now()) / restarts
  const began: number[] = []
  for (let i = 0; i < restarts; i++) {
    const member = members[i % members.length]
    if (!member) break
    began.push(Date.now())
    tell(`restart ${i + 1} of ${restarts}: ${member.name}`)
    await member.stop()
    await member.start()
    if (!(await member.readyWithin(60_000))) broken(`${member.name} was not ready a minute after its restart: ${await member.notReady()}`)
    await sleep(Math.max(pauseMs.from, everyMs - (Date.now() - (began.at(-1) ?? 0))))
  }
  return began
}
