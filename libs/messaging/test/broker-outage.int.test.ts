import { setTimeout as sleep } from 'node:timers/promises'
import { Controller, type Type } from '@nestjs/common'
import { cardProfiles, type FraudFeedback, fraudFeedback } from '@swipestream/contracts'
import { Consume, type Outgoing, type Received } from '@swipestream/messaging'
import { eventually, type TestBackbone, testBackbone } from '@swipestream/messaging/testing'
import type { RunningService } from '@swipestream/platform'
import { type Stack, startStack } from '@swipestream/stack'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { notReady, testService } from './test-service.js'
import { testTopics } from './test-topics.js'
import { output, Traffic } from './traffic.js'

const patience = { timeoutMs: 45_000, intervalMs: 100 }

/** Servers of its own: they are killed. */
let stack: Stack
let backbone: TestBackbone

beforeAll(async () => {
  stack = await startStack({ servers: ['kafka', 'registry'] })
})
beforeEach(async () => {
  backbone = await testBackbone(testTopics, stack.env)
})
afterEach(async () => {
  await stack.kill('kafka', 'SIGCONT')
  await backbone.close()
})
afterAll(() => stack.stop())

function copying(exactlyOnce: boolean): Type {
  @Controller()
  class Copy {
    @Consume(fraudFeedback, { batch: 20, exactlyOnce })
    async handle(messages: Received<FraudFeedback>[]): Promise<Outgoing[]> {
      await sleep(20)
      return messages.map(({ value }) => output(value))
    }
  }
  return Copy
}

async function start(name: string, exactlyOnce: boolean): Promise<RunningService> {
  const service = await testService({ name, env: backbone.env, controllers: [copying(exactlyOnce)], produces: [cardProfiles] })
  onTestFinished(() => service.stop())
  await eventually(async () => (await notReady(service)) === '', patience)
  return service
}

describe.each([['at least once', false], ['exactly once', true]])('a service, %s, whose broker is killed while it consumes and produces', (_, exactlyOnce) => {
  it('says so, goes on when the broker is back, and has an output for every input, in order, and no dead letter', async () => {
    const traffic = new Traffic(backbone)
    const service = await start('copy', exactlyOnce)
    await traffic.send(40)
    await traffic.atWork('')
    await stack.kill('kafka')
    expect(await eventually(async () => (await notReady(service)) || undefined, patience)).toContain('kafka consumer')
    // Sent while nobody is there to take it: the producer waits too.
    const meanwhile = traffic.send(5)
    await stack.start('kafka')
    await meanwhile
    await eventually(async () => (await notReady(service)) === '', patience)
    await traffic.send(5)
    await eventually(() => traffic.complete(), patience)
    const { wrong, again } = traffic.account()
    expect(wrong).toEqual([])
    if (exactlyOnce) expect(again).toBe(0)
    else console.log(`broker killed: ${again} of ${50 * 60} records came out twice`)
    expect(await traffic.givenUp()).toEqual([])
  })
})

describe.each([['at least once', false], ['exactly once', true]])('a service, %s, whose broker does not answer any more, with its connections open', (_, exactlyOnce) => {
  it('ends within seconds all the same, and what was not committed is handled by the next', async () => {
    const traffic = new Traffic(backbone)
    const service = await start('hung', exactlyOnce)
    await traffic.send(40)
    await traffic.atWork('')
    await stack.kill('kafka', 'SIGSTOP')
    const began = performance.now()
    await service.stop()
    // Of the half minute a shutdown may take.
    expect(performance.now() - began).toBeLessThan(20_000)
    await stack.kill('kafka', 'SIGCONT')
    await start('hung', exactlyOnce)
    await eventually(() => traffic.complete(), patience)
    expect(await traffic.givenUp()).toEqual([])
  })
})
