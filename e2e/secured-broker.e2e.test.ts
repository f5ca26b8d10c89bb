import { randomBytes } from 'node:crypto'
import { Play, startSystem, type System, tellStory } from '@swipestream/demo'
import { type Stack, startStack } from '@swipestream/stack'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let stack: Stack

beforeAll(async () => {
  stack = await startStack({ servers: ['kafka-secured'] })
})
afterAll(() => stack?.stop())

describe.each(['platformatic', 'kafkajs'])('on a broker that asks for TLS and a password, by %s', (client) => {
  let system: System

  beforeAll(async () => {
    // Registry, PostgreSQL, mailbox and SMS simulator are the shared ones: they care for no broker's password.
    const environment = { ...process.env, ...stack.env, KAFKA_CLIENT: client }
    system = await startSystem({ environment, namespace: `secured${randomBytes(4).toString('hex')}.`, onProgress: () => undefined })
  })
  afterAll(() => system?.stop())

  it('the launcher and all its services do their work', async () => {
    const play = new Play(system)
    const { customers, cards, steps } = tellStory(Date.now(), system.secrets.tokenOf)
    await play.seed(customers, cards)
    for (const step of steps) await play.swipe(step)
    await play.settle(() => undefined)
    expect(play.outcome.decisions.size).toBe(steps.length)
    expect(play.outcome.alerts.size).toBeGreaterThan(0)
  })
})
