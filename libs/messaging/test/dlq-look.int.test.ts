import { createServer } from 'node:net'
import { Controller } from '@nestjs/common'
import { fraudFeedback, type FraudFeedback, topics } from '@swipestream/contracts'
import { Consume, type Received } from '@swipestream/messaging'
import { eventually, type TestBackbone, testBackbone } from '@swipestream/messaging/testing'
import type { RunningService } from '@swipestream/platform'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { dlq, feedback, giveUp, letters, refusal } from './dlq-command.js'
import { testService } from './test-service.js'

let backbone: TestBackbone
let service: RunningService | undefined
const noAvro = Buffer.from('{"not":"avro"}')

/** The letters of a real consumer: two records that it refuses, and one that nobody can read. */
beforeAll(async () => {
  backbone = await testBackbone()
  @Controller()
  class Listen {
    @Consume(fraudFeedback)
    handle({ value }: Received<FraudFeedback>): void {
      if (value.source === 'nobody') throw refusal(`the source ${value.source} is not known`)
    }
  }
  service = await testService({ env: backbone.env, name: 'listener', controllers: [Listen] })
  const first = fraudFeedback.event(feedback({ card_id: 'c1', source: 'nobody', comment: 'call me', actor: null }), { 'message-id': 'm1' })
  await backbone.publish([{ ...first, partition: 2 }])
  await eventually(async () => (await backbone.records(letters)).length === 1)
  await backbone.send([{ topic: fraudFeedback.name, partition: 1, key: Buffer.from('c2'), value: noAvro, headers: {} }])
  await eventually(async () => (await backbone.records(letters)).length === 2)
  await backbone.publish([fraudFeedback.event(feedback({ card_id: 'c3', source: 'nobody' }))])
  await eventually(async () => (await backbone.records(letters)).length === 3)
})
afterAll(async () => {
  await service?.stop()
  await backbone.close()
})

beforeEach(() => {
  for (const [name, value] of Object.entries(backbone.env)) vi.stubEnv(name, value)
})
afterEach(() => void vi.unstubAllEnvs())

describe('npm run dlq -- list', () => {
  it('tells of each topic how many letters there are, since when, by code and by group', async () => {
    const { code, last } = await dlq('list', '--json')
    expect(code).toBe(0)
    expect(last.broken).toEqual([])
    expect(last.topics).toHaveLength(topics.length)
    const group = `${backbone.namespace}listener`
    const figures = last.topics.find(({ topic }: { topic: string }) => topic === backbone.namespace + letters.name)
    expect(figures).toMatchObject({
      letters: 3, open: 3, againGivenUp: 0, strangers: 0,
      codes: { SOURCE_UNKNOWN: 2, AVRO_NOT_FRAMED: 1 }, openCodes: { SOURCE_UNKNOWN: 2, AVRO_NOT_FRAMED: 1 }, groups: { [group]: 3 }, openGroups: { [group]: 3 },
    })
    expect(Date.parse(figures.oldest)).toBeLessThan(Date.parse(figures.newest))
  })

  it.each(['fraud_feedback', 'fraud_feedback.dlq'])('tells it of one topic, named %s, in words for people', async (name) => {
    const { code, out } = await dlq('list', name)
    expect(code).toBe(0)
    expect(out[0]).toMatch(/fraud_feedback\.dlq: 3 letter\(s\), 3 not yet redriven, given up 20\d\d-/)
    expect(out[1]).toContain('SOURCE_UNKNOWN 2, AVRO_NOT_FRAMED 1')
    expect(out).toHaveLength(3)
  })
})

describe('npm run dlq -- show', () => {
  it('shows where a letter comes from, why it is there, and what it says, personal data masked', async () => {
    const { code, last } = await dlq('show', 'fraud_feedback', '--offset', '0', '--json')
    expect(code).toBe(0)
    expect(last).toMatchObject({ matching: 1, broken: [] })
    expect(last.letters[0]).toMatchObject({
      offset: 0, code: 'SOURCE_UNKNOWN', reason: 'the source nobody is not known', attempts: 1, group: `${backbone.namespace}listener`, redriveCount: 0, redriven: [],
      from: { topic: `${backbone.namespace}fraud_feedback`, partition: 2, offset: 0 },
      key: '[masked: pii pseudonymous]',
      headers: { 'message-id': 'm1', 'produced-by': 'test' },
      schemaId: expect.any(Number),
      value: { card_id: '[masked: pii pseudonymous]', terminal_id: null, transaction_occurred_at: null, amount_minor: null, currency: null, verdict: 'legitimate', card_action: 'none', source: 'nobody', comment: '[masked: pii direct]', actor: null },
    })
  })

  it('shows all of it on demand', async () => {
    const { last } = await dlq('show', 'fraud_feedback', '--offset', '0', '--reveal', '--json')
    expect(last.letters[0]).toMatchObject({ key: 'c1', value: { card_id: 'c1', comment: 'call me' } })
  })

  it('gives what cannot be decoded as base64, on demand, and says why', async () => {
    const undecodable = { code: 'AVRO_NOT_FRAMED', message: expect.stringContaining('not Confluent-framed Avro') }
    const hidden = await dlq('show', 'fraud_feedback', '--code', 'AVRO_NOT_FRAMED', '--json')
    expect(hidden.last.letters).toMatchObject([{ offset: 1, undecodable, bytes: noAvro.length, base64: '[masked: pii unknown]' }])
    const { last } = await dlq('show', 'fraud_feedback', '--code', 'AVRO_NOT_FRAMED', '--reveal', '--json')
    expect(last.letters).toMatchObject([{ offset: 1, undecodable, base64: noAvro.toString('base64') }])
  })

  it('says to people what is masked, and how many there are beyond the limit', async () => {
    const { out } = await dlq('show', 'fraud_feedback', '--limit', '1')
    expect(out[0]).toMatch(/^0 {2}SOURCE_UNKNOWN, given up 20\d\d-.* by .*listener after 1 attempt/)
    expect(out.at(-2)).toBe('and 2 more: --limit 3 shows all')
    expect(out.at(-1)).toContain('--reveal shows it')
  })

  it.each([
    [['--key', 'c3'], [2]],
    [['--code', 'SOURCE_UNKNOWN', '--code', 'AVRO_NOT_FRAMED'], [0, 1, 2]],
    [['--group', 'listener', '--offset', '1..'], [1, 2]],
    [['--group', 'somebody'], []],
    [['--until', '2020-01-01'], []],
    [['--since', '2020-01-01', '--limit', '2'], [0, 1]],
  ])('chooses by %j', async (args, offsets) => {
    const { code, last } = await dlq('show', 'fraud_feedback', ...args, '--json')
    expect(code).toBe(0)
    expect(last.letters.map(({ offset }: { offset: number }) => offset)).toEqual(offsets)
  })

  it('takes no other record for a letter', async () => {
    await backbone.send([{ topic: 'cards.dlq', key: null, value: Buffer.from('x'), headers: { 'dlq-topic': 'elsewhere', 'dlq-code': 'X' } }])
    expect((await dlq('list', 'cards', '--json')).last.topics).toMatchObject([{ letters: 0, strangers: 1 }])
    expect((await dlq('redrive', 'cards', '--json')).last).toMatchObject({ selected: 0, broken: [] })
  })
})

describe('a wrong use', () => {
  it.each([
    ['no command', [], 'a command is missing'],
    ['an unknown command', ['empty'], 'no such command: empty'],
    ['an unknown topic', ['list', 'nosuch'], 'no such topic: nosuch; there are transactions_log,'],
    ['no topic to show', ['show'], 'show takes one topic'],
    ['two topics to redrive', ['redrive', 'cards', 'customers'], 'redrive takes one topic'],
    ['an unknown option', ['list', '--all'], '--all'],
    ['an option of another command', ['show', 'cards', '--dry-run'], 'show takes no --dry-run'],
    ['a filter of list', ['list', '--code', 'X'], 'list takes no --code'],
    ['a time that is none', ['show', 'cards', '--since', 'yesterday'], '--since takes a time'],
    ['a rate that is none', ['redrive', 'cards', '--rate', '0'], '--rate takes a whole number'],
    ['an edit that is none', ['redrive', 'cards', '--edit', 'home_country'], '--edit takes field=value'],
    ['an edit of a field that is not there', ['redrive', 'cards', '--edit', 'nosuch=1'], 'there is no field nosuch: Card has card_id'],
    ['a nameless person', ['redrive', 'cards', '--by', ''], '--by takes a name'],
  ])('is %s: 2, with words', async (_, args, message) => {
    const { code, out, err } = await dlq(...args, '--json')
    expect(code).toBe(2)
    expect(out).toEqual([])
    expect(err.join('\n')).toContain(message)
  })

  it('is an environment without brokers: 2, naming the variable', async () => {
    vi.stubEnv('KAFKA_BROKERS', '')
    expect(await dlq('list')).toMatchObject({ code: 2, err: [expect.stringContaining('KAFKA_BROKERS is missing')] })
  })
})

describe('a broken promise', () => {
  it('is a cluster that does not answer: 1, with the reason in the object', async () => {
    // A port that was free a moment ago.
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const address = server.address()
    await new Promise((resolve) => server.close(resolve))
    vi.stubEnv('KAFKA_BROKERS', `127.0.0.1:${typeof address === 'object' && address ? address.port : 1}`)
    expect(await dlq('redrive', 'cards', '--json')).toMatchObject({ code: 1, last: { broken: [{ rule: 'KAFKA_UNAVAILABLE' }] } })
  })

  it('is a topic that was not created: 1, saying how to', async () => {
    vi.stubEnv('KAFKA_NAMESPACE', 'nobody-made-these.')
    const { code, last } = await dlq('show', 'cards', '--json')
    expect(code).toBe(1)
    expect(last.broken).toEqual([{ rule: 'KAFKA_TOPIC_MISSING', message: expect.stringContaining('npm run topics -- create') }])
  })

  it('is a registry that does not answer, where it is needed: 1', async () => {
    vi.stubEnv('SCHEMA_REGISTRY_URL', 'http://127.0.0.1:1')
    await giveUp(backbone, [feedback({ card_id: 'c9' })])
    expect(await dlq('show', 'fraud_feedback', '--json')).toMatchObject({ code: 1, last: { broken: [{ rule: 'REGISTRY_UNAVAILABLE' }] } })
    expect(await dlq('list', 'fraud_feedback', '--json')).toMatchObject({ code: 0 })
  })
})
