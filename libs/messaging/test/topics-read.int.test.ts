import { setImmediate } from 'node:timers/promises'
import { customers, fraudFeedback } from '@swipestream/contracts'
import { eventually, ran, type TestBackbone, testBackbone } from '@swipestream/messaging/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { run } from '../src/cli/run.js'
import { feedback } from './dlq-command.js'

let backbone: TestBackbone
const topic = { name: fraudFeedback.name }

interface Last {
  readonly records: readonly { readonly partition: number; readonly offset: number; readonly at: string; readonly key: string | null; readonly value: unknown }[]
}
const read = (...args: string[]) => ran<Last>((output) => run(['read', ...args], output))

/** Records of several partitions have an order by their times only, which are of whole milliseconds. */
async function nextMillisecond(): Promise<void> {
  for (const now = Date.now(); Date.now() === now; ) await setImmediate()
}

/** Forty records of ten cards, and one that nobody can read. */
beforeAll(async () => {
  backbone = await testBackbone()
  for (let i = 0; i < 40; i++) {
    await backbone.publish([fraudFeedback.event(feedback({ card_id: `c${i % 10}`, comment: `the ${i}th` }), { 'message-id': `m${i}` })])
    await nextMillisecond()
  }
  await backbone.send([{ topic: topic.name, partition: 1, key: Buffer.from('c1'), value: Buffer.from('{"not":"avro"}'), headers: {} }])
  await eventually(async () => (await backbone.records(topic)).length === 41)
})
afterAll(() => backbone.close())

beforeEach(() => {
  for (const [name, value] of Object.entries(backbone.env)) vi.stubEnv(name, value)
})
afterEach(() => void vi.unstubAllEnvs())

const comments = (last: Last | null) => last?.records.map(({ value }) => (value as { comment?: string } | undefined)?.comment)

describe('npm run topics -- read', () => {
  it('shows the newest records of all partitions, in the order in which they came', async () => {
    const { code, last } = await read('fraud_feedback', '--max', '4', '--reveal', '--json')
    expect(code).toBe(0)
    expect(comments(last)).toEqual(['the 37th', 'the 38th', 'the 39th', undefined])
    expect(last?.records.at(-1)).toMatchObject({ undecodable: { code: 'AVRO_NOT_FRAMED' }, bytes: 14 })
  })

  it('shows the newest of one key, or the first from a time on', async () => {
    expect(comments((await read('fraud_feedback', '--key', 'c3', '--max', '3', '--reveal', '--json')).last)).toEqual(['the 13th', 'the 23th', 'the 33th'])
    const first = (await read('fraud_feedback', '--from', 'beginning', '--max', '2', '--reveal', '--json')).last
    expect(comments(first)).toEqual(['the 0th', 'the 1th'])
    const after = new Date(Date.parse(first?.records[1]?.at ?? '') + 1).toISOString()
    const later = (await read('fraud_feedback', '--from', after, '--max', '40', '--reveal', '--json')).last
    expect(later?.records.every(({ at }) => at >= after)).toBe(true)
    expect(comments(later)).not.toContain('the 1th')
    expect(comments(later)).toContain('the 39th')
  })

  it('tells people where each stands, who wrote it and what it says, personal data masked', async () => {
    const { code, out } = await read('fraud_feedback', '--key', 'c7', '--max', '1')
    expect(code).toBe(0)
    expect(out[0]).toMatch(/^\d+\/\d+ {2}20\d\d-/)
    expect(out[1]).toBe('  key      [masked: pii pseudonymous]')
    expect(out[2]).toContain('message-id=m37')
    expect(out[3]).toMatch(/value {4}\{.*"verdict":"legitimate".*"comment":"\[masked: pii direct\]"/)
    expect(out[4]).toContain('--reveal')
  })

  it('says when there is none, also on a topic that nobody wrote to', async () => {
    expect(await read('fraud_feedback', '--key', 'nobody')).toMatchObject({ code: 0, out: [`${backbone.namespace}fraud_feedback: no such record`] })
    expect(await read(`${backbone.namespace}customers`, '--json')).toMatchObject({ code: 0, last: { topic: backbone.namespace + customers.name, records: [], broken: [] } })
  })

  it('knows the topics of the system, and names them for who misspells one', async () => {
    expect(await read('fraud_feedbacks')).toMatchObject({ code: 2, err: [expect.stringContaining('no such topic: fraud_feedbacks; there are transactions_log, ')] })
  })
})
