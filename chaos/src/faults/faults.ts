import { setTimeout as sleep } from 'node:timers/promises'
import type { Seeded } from '../seeded.js'
import { firstToEnd } from '../system/program.js'
import { sessionMs, type System } from '../system/system.js'

export const faultKinds = [
  'consumerKilled', 'consumerHalted', 'memberJoined', 'memberLeft', 'brokerKilled', 'brokerHalted', 'producerKilled', 'producerUsurped', 'relayKilled',
] as const
export type FaultKind = (typeof faultKinds)[number]

/** What happens one after the other; the two lanes know nothing of each other. */
export const consumerLane: readonly FaultKind[] = [
  'consumerKilled', 'consumerHalted', 'memberJoined', 'memberLeft', 'brokerKilled', 'consumerKilled', 'brokerHalted',
]
export const writerLane: readonly FaultKind[] = ['producerKilled', 'relayKilled', 'producerUsurped', 'producerKilled', 'relayKilled']

/** How long what was started again may take to be ready before the next fault comes all the same, in milliseconds. */
const readyWithinMs = 30_000
const fencedWithinMs = 60_000

export interface FaultContext {
  readonly system: System
  readonly random: Seeded
  /** One line for a person. */
  readonly tell: (line: string) => void
  /** A promise that did not hold. */
  readonly broken: (sentence: string) => void
}

type Fault = (context: FaultContext) => Promise<void>

/** Each makes its fault, and resolves when what it hit runs again. */
export const faults: Readonly<Record<FaultKind, Fault>> = {
  async consumerKilled({ system: { members }, random, tell }) {
    const [member] = random.shuffled(members)
    const awayMs = random.between(0, 3_000)
    tell(`kill -9 ${member?.name}, started again after ${seconds(awayMs)}`)
    await member?.kill()
    await sleep(awayMs)
    await member?.start()
    await member?.readyWithin(readyWithinMs)
  },

  /** Longer than its session: others have its partitions when it wakes up in the middle of what it did. */
  async consumerHalted({ system: { members }, random, tell }) {
    const [member] = random.shuffled(members)
    const haltedMs = sessionMs + random.between(2_000, 6_000)
    tell(`halt ${member?.name} for ${seconds(haltedMs)}`)
    member?.halt()
    await sleep(haltedMs)
    member?.goOn()
    await member?.readyWithin(readyWithinMs)
  },

  async memberJoined({ system: { guest }, random, tell }) {
    const staysMs = random.between(1_000, 5_000)
    tell(`${guest.name} joins, and leaves ${seconds(staysMs)} after it is ready`)
    await guest.start()
    await guest.readyWithin(readyWithinMs)
    await sleep(staysMs)
    await guest.stop()
  },

  async memberLeft({ system: { members }, random, tell }) {
    const [member] = random.shuffled(members)
    tell(`${member?.name} leaves in order, and comes back`)
    await member?.stop()
    await member?.start()
    await member?.readyWithin(readyWithinMs)
  },

  async brokerKilled(context) {
    const { system: { stack }, random, tell } = context
    const failed = await context.system.failedCoordinators()
    const awayMs = random.between(1_000, 5_000)
    tell(`kill -9 the broker, started again after ${seconds(awayMs)}`)
    await stack.kill('kafka')
    await sleep(awayMs)
    const began = Date.now()
    await stack.start('kafka')
    const startedMs = Date.now() - began
    await atWork(context, failed)
    tell(`the broker took ${seconds(startedMs)} to start; all members were ready ${seconds(Date.now() - began - startedMs)} later`)
  },

  async brokerHalted(context) {
    const { system: { stack }, random, tell } = context
    const failed = await context.system.failedCoordinators()
    const haltedMs = random.between(1_000, 8_000)
    tell(`halt the broker for ${seconds(haltedMs)}`)
    await stack.kill('kafka', 'SIGSTOP')
    await sleep(haltedMs)
    await stack.kill('kafka', 'SIGCONT')
    await atWork(context, failed)
  },

  async producerKilled({ system, random, tell }) {
    const awayMs = random.between(0, 2_000)
    tell(`kill -9 ${system.bulk.name}, started again after ${seconds(awayMs)}`)
    await system.bulk.kill()
    await sleep(awayMs)
    await system.bulk.start()
    await system.bulk.readyWithin(readyWithinMs)
  },

  /** A halted producer is taken for dead and replaced; when it wakes up it may write nothing any more. */
  async producerUsurped({ system, tell, broken }) {
    const halted = system.bulk
    halted.halt()
    const next = (system.bulk = await system.startBulk())
    tell(`halt ${halted.name} until ${next.name} has taken its place`)
    await next.readyWithin(readyWithinMs)
    halted.goOn()
    // That of the two is fenced which had the transactional id first.
    const ended = await firstToEnd([halted, next], fencedWithinMs)
    if (ended === next) system.bulk = halted
    if (ended !== null) return
    broken(`neither ${halted.name} nor ${next.name} was fenced within ${seconds(fencedWithinMs)}: they have the same transactional id`)
    await halted.kill()
  },

  async relayKilled({ system: { writers }, random, tell }) {
    const [writer] = random.shuffled(writers)
    const awayMs = random.between(0, 3_000)
    tell(`kill -9 ${writer?.name}, a writer and relay, started again after ${seconds(awayMs)}`)
    await writer?.kill()
    await sleep(awayMs)
    await writer?.start()
    await writer?.readyWithin(readyWithinMs)
  },
}

/** Waits for the members; a broker that has given up coordinating their group meanwhile is restarted, as whoever runs one would. */
async function atWork({ system, tell }: FaultContext, failedBefore: number): Promise<void> {
  for (let before = failedBefore; ; ) {
    await Promise.all(system.members.map((member) => member.readyWithin(readyWithinMs)))
    const failed = await system.failedCoordinators()
    if (failed === before) return
    before = failed
    tell('the broker has given up coordinating the group, by a fault of its own: it is restarted')
    await system.stack.restart('kafka')
  }
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`
