import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Controller } from '@nestjs/common'
import { fraudFeedback, type FraudFeedback } from '@swipestream/contracts'
import { Consume, type KafkaRecord, type Received } from '@swipestream/messaging'
import { eventually, type TestBackbone, testBackbone } from '@swipestream/messaging/testing'
import type { RunningService } from '@swipestream/platform'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { deadLetterRecord } from '../src/consumer/dead-letter.js'
import { dlq, feedback, giveUp, header, letters, refusal } from './dlq-command.js'
import { testService } from './test-service.js'
import { testTopics } from './test-topics.js'

let backbone: TestBackbone
const services: RunningService[] = []

beforeEach(async () => {
  backbone = await testBackbone(testTopics)
  for (const [name, value] of Object.entries(backbone.env)) vi.stubEnv(name, value)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await Promise.all(services.splice(0).map((service) => service.stop()))
  await backbone.close()
})

/** A consumer group that keeps to a rule, and has an effect once a message id. */
class Group {
  /** Message ids, also again and again. */
  readonly handled: string[] = []
  readonly effects = new Map<string, FraudFeedback>()

  async start(name: string, rule: (value: FraudFeedback) => void = () => undefined): Promise<this> {
    const { handled, effects } = this
    @Controller()
    class Effects {
      @Consume(fraudFeedback)
      handle({ value, headers }: Received<FraudFeedback>): void {
        rule(value)
        const id = headers['message-id'] ?? ''
        handled.push(id)
        if (!effects.has(id)) effects.set(id, value)
      }
    }
    services.push(await testService({ env: backbone.env, name, controllers: [Effects] }))
    return this
  }
}

function knownSource({ source }: FraudFeedback): void {
  if (source === 'nobody') throw refusal('the source nobody is not known')
}

/** What was redriven, when that many are seen: a record is a moment after its transaction has ended. */
async function redrivenRecords(count: number): Promise<KafkaRecord[]> {
  await eventually(async () => (await seenRedriven()).length >= count)
  return await seenRedriven()
}

const seenRedriven = async () => (await backbone.records(fraudFeedback)).filter(({ headers }) => headers['redriven-from'] !== undefined)
const letterCount = async () => (await backbone.records(letters)).filter(({ headers }) => headers['dlq-topic']).length
const fiveFeedbacks = () => Array.from({ length: 5 }, (_, i) => feedback({ card_id: `c${i}` }))

describe('npm run dlq -- redrive', () => {
  it('sends a letter to its topic as the record it was, marked, and knows it afterwards', async () => {
    await giveUp(backbone, [feedback({ card_id: 'c7' })])
    const [original] = await backbone.records(fraudFeedback)
    const { code, last, err } = await dlq('redrive', 'fraud_feedback', '--by', 'ana', '--json')
    expect(code).toBe(0)
    expect(last).toMatchObject({ selected: 1, redriven: 1, redrivenBefore: 0, by: 'ana', groups: { [`${backbone.namespace}svc`]: 1 }, broken: [] })
    expect(err.join('\n')).toContain('every group of')

    const [redriven] = await redrivenRecords(1)
    expect(redriven).toMatchObject({ key: original?.key, value: original?.value, partition: original?.partition })
    expect(redriven?.headers).toEqual({
      ...original?.headers,
      'redriven-from': Buffer.from(`${backbone.namespace}fraud_feedback.dlq/0/0`), 'redriven-at': expect.any(Buffer), 'redriven-by': Buffer.from('ana'), 'redrive-count': Buffer.from('1'),
    })
    expect((await dlq('list', 'fraud_feedback', '--json')).last.topics).toMatchObject([{ letters: 1, open: 0, strangers: 0, codes: { SOURCE_UNKNOWN: 1 }, openCodes: {} }])
    expect((await dlq('show', 'fraud_feedback', '--json')).last.letters).toMatchObject([{ redriven: [{ by: 'ana', edited: [] }] }])
    expect((await dlq('show', 'fraud_feedback', '--open', '--json')).last.letters).toEqual([])
    expect((await dlq('redrive', 'fraud_feedback', '--json')).last).toMatchObject({ selected: 0, redriven: 0, redrivenBefore: 1 })
    expect(await redrivenRecords(1)).toHaveLength(1)
  })

  it('sends those that are meant, and no others', async () => {
    await giveUp(backbone, fiveFeedbacks())
    await giveUp(backbone, [feedback({ card_id: 'other' })], { code: 'HANDLER_FAILED', group: 'audit' })
    const { last } = await dlq('redrive', 'fraud_feedback', '--group', 'svc', '--offset', '1..', '--limit', '2', '--json')
    expect(last).toMatchObject({ selected: 2, redriven: 2, offsets: '1..2' })
    expect((await dlq('redrive', 'fraud_feedback', '--code', 'HANDLER_FAILED', '--json')).last).toMatchObject({ redriven: 1, offsets: '5' })
    expect((await dlq('redrive', 'fraud_feedback', '--since', '2020-01-01', '--json')).last).toMatchObject({ redriven: 3, redrivenBefore: 3 })
    expect(await redrivenRecords(6)).toHaveLength(6)
  })

  it('writes nothing in a dry run, and says what it would do', async () => {
    await giveUp(backbone, fiveFeedbacks())
    const before = [await backbone.records(fraudFeedback), await backbone.records(letters)]
    const { code, out } = await dlq('redrive', 'fraud_feedback', '--dry-run', '--limit', '3', '--edit', 'source=analyst')
    expect(code).toBe(0)
    expect(out.join('\n')).toMatch(/would redrive 3 letter\(s\) of .* nothing was written\n {2}offsets 0..2\n.*every group of .*fraud_feedback sees them.*\n {2}edited: source/)
    expect([await backbone.records(fraudFeedback), await backbone.records(letters)]).toEqual(before)
  })

  it('leaves out a record that is too large for its topic with the marks, says which, and sends the others', async () => {
    const large = { topic: `${backbone.namespace}fraud_feedback`, partition: 0, offset: 0n, timestamp: 1, key: Buffer.from('c1'), value: Buffer.alloc(1_048_588 - 100), headers: {} }
    await giveUp(backbone, [feedback()])
    await backbone.send([{ ...deadLetterRecord({ record: large, error: refusal('too large'), attempts: 1 }, 'svc'), topic: letters.name }])
    await giveUp(backbone, [feedback()])
    const { code, last } = await dlq('redrive', 'fraud_feedback', '--json')
    expect(code).toBe(1)
    expect(last).toMatchObject({ selected: 3, redriven: 2, broken: [{ rule: 'KAFKA_RECORD_TOO_LARGE', offset: 1 }] })
    expect(await redrivenRecords(2)).toHaveLength(2)
  })

  it('makes many of a large topic, in their order', async () => {
    await giveUp(backbone, Array.from({ length: 1_000 }, (_, i) => feedback({ card_id: 'c1', comment: String(i) })))
    expect((await dlq('redrive', 'fraud_feedback', '--json')).last).toMatchObject({ redriven: 1_000, broken: [] })
    await redrivenRecords(1_000)
    const redriven = (await backbone.received(fraudFeedback)).filter(({ headers }) => headers['redriven-from'])
    expect(redriven.map(({ value }) => value.comment)).toEqual(Array.from({ length: 1_000 }, (_, i) => String(i)))
  })
})

describe('an edit', () => {
  it('repairs a record that broke a rule of the handler: the handler takes it', async () => {
    const group = await new Group().start('svc', knownSource)
    await backbone.publish([fraudFeedback.event(feedback({ source: 'nobody', comment: 'stays' }), { 'message-id': 'm1' })])
    await eventually(async () => (await letterCount()) === 1)
    expect(group.effects.size).toBe(0)

    expect(await dlq('redrive', 'fraud_feedback', '--edit', 'source=analyst', '--json')).toMatchObject({ code: 0, last: { redriven: 1, edited: ['source'] } })
    await eventually(() => group.effects.size === 1)
    expect(group.effects.get('m1')).toMatchObject({ card_id: 'c1', source: 'analyst', comment: 'stays' })
    expect(header((await redrivenRecords(1))[0], 'redriven-edited')).toBe('source')
    expect((await dlq('show', 'fraud_feedback', '--json')).last.letters).toMatchObject([{ redriven: [{ edited: ['source'] }] }])
  })

  it('that breaks the contract is refused, by field, and nothing is sent, neither this nor what would fit', async () => {
    await giveUp(backbone, fiveFeedbacks())
    const { code, last, err } = await dlq('redrive', 'fraud_feedback', '--edit', 'verdict=perhaps', '--edit', 'comment=fine', '--json')
    expect(code).toBe(1)
    expect(last.redriven).toBe(0)
    expect(last.broken).toHaveLength(5)
    expect(last.broken[0]).toMatchObject({ rule: 'AVRO_INVALID_VALUE', offset: 0, message: expect.stringContaining('verdict is wrong: it must be one of confirmed_fraud, legitimate') })
    expect(err.at(-1)).toBe('nothing was sent')
    expect(await seenRedriven()).toEqual([])
    expect((await dlq('list', 'fraud_feedback', '--json')).last.topics).toMatchObject([{ open: 5 }])
  })

  it('is refused of a record that cannot be decoded, by its offset; unedited its bytes go as they were', async () => {
    const group = await new Group().start('svc')
    const bytes = Buffer.from('{"not":"avro"}')
    await backbone.send([{ topic: fraudFeedback.name, partition: 0, key: Buffer.from('c1'), value: bytes, headers: { 'message-id': 'm1' } }])
    await eventually(async () => (await letterCount()) === 1)

    const { code, last } = await dlq('redrive', 'fraud_feedback', '--edit', 'source=analyst', '--json')
    expect(code).toBe(1)
    expect(last.broken).toEqual([{ rule: 'EDIT_REFUSED', offset: 0, message: expect.stringMatching(/dlq\/0 at 0: it cannot be decoded, .*AVRO_NOT_FRAMED/) }])

    expect((await dlq('redrive', 'fraud_feedback', '--json')).last).toMatchObject({ redriven: 1, broken: [] })
    expect((await redrivenRecords(1)).map(({ value }) => value)).toEqual([bytes])
    // It is given up again, and the new letter knows that it had been redriven.
    await eventually(async () => (await letterCount()) === 2)
    expect((await dlq('list', 'fraud_feedback', '--json')).last.topics).toMatchObject([{ letters: 2, open: 1, againGivenUp: 1 }])
    expect((await dlq('show', 'fraud_feedback', '--open', '--json')).last.letters).toMatchObject([{ redriveCount: 1 }])
    expect(group.handled).toEqual([])
  })
})

describe('a redrive that is done twice', () => {
  it('has its effect once in consumers that know a message by its id, also in those that had handled it', async () => {
    let broken = true
    const failing = await new Group().start('failing', () => {
      if (broken) throw refusal('a bug')
    })
    const other = await new Group().start('other')
    await backbone.publish([fraudFeedback.event(feedback(), { 'message-id': 'm1' })])
    await eventually(async () => (await letterCount()) === 1 && other.handled.length === 1)

    broken = false
    expect((await dlq('redrive', 'fraud_feedback', '--json')).last).toMatchObject({ redriven: 1 })
    expect((await dlq('redrive', 'fraud_feedback', '--again', '--json')).last).toMatchObject({ redriven: 1 })
    await eventually(() => failing.handled.length === 2 && other.handled.length === 3)
    expect(failing.handled).toEqual(['m1', 'm1'])
    expect([failing.effects.size, other.effects.size]).toEqual([1, 1])
    expect((await redrivenRecords(2)).map((record) => header(record, 'redrive-count'))).toEqual(['1', '2'])
  })
})

describe('a redrive that does not come to its end', () => {
  const program = fileURLToPath(new URL('../dist/cli/dlq.js', import.meta.url))

  /** The command as a process of its own. */
  function started(...args: string[]): { process: ChildProcess; exited: Promise<number | null> } {
    const child = spawn(process.execPath, [program, ...args], { env: { ...process.env, ...backbone.env }, stdio: 'ignore' })
    const exited = once(child, 'exit').then(([code]) => code as number | null)
    onTestFinished(async () => {
      child.kill('SIGKILL')
      await exited
    })
    return { process: child, exited }
  }

  const origins = (records: readonly KafkaRecord[]) => records.map((record) => header(record, 'redriven-from')?.split('/').at(-1)).toSorted()

  it('because it is killed: a second one sends the rest, and each letter was redriven once', async () => {
    await giveUp(backbone, fiveFeedbacks())
    const first = started('redrive', 'fraud_feedback', '--rate', '1')
    await redrivenRecords(1)
    first.process.kill('SIGKILL')
    await first.exited
    const { last } = await dlq('redrive', 'fraud_feedback', '--json')
    expect(last.broken).toEqual([])
    // The first was killed between two letters, or in the middle of one.
    expect(last.redriven).toBeGreaterThan(0)
    expect(last.redriven + last.redrivenBefore).toBe(5)
    expect(origins(await redrivenRecords(5))).toEqual(['0', '1', '2', '3', '4'])
  })

  it('because another begins: that one ends it, and each letter is redriven once', async () => {
    await giveUp(backbone, fiveFeedbacks())
    const first = started('redrive', 'fraud_feedback', '--rate', '1')
    await redrivenRecords(1)
    const { last } = await dlq('redrive', 'fraud_feedback', '--json')
    expect(last.broken).toEqual([])
    expect(last.redriven).toBeGreaterThan(0)
    expect(await first.exited).toBe(1)
    expect(origins(await redrivenRecords(5))).toEqual(['0', '1', '2', '3', '4'])
  })
})
