import { fraudFeedback, type Topic } from '@swipestream/contracts'
import { describe, expect, it } from 'vitest'
import { deadLetterRecord } from '../../consumer/dead-letter.js'
import { MessagingError } from '../../errors.js'
import type { RecordToSend } from '../../kafka/ports.js'
import { parseFilter } from './filter.js'
import { KafkaLog } from './kafka-log.fixture.js'
import { rangesOf, redrive, type RedriveOptions } from './redrive.js'

const dlq = 't.fraud_feedback.dlq'
const place = { topic: fraudFeedback as Topic<unknown>, at: { topic: dlq, partition: 0 } }

/** A cluster with so many letters of different records. */
function withLetters(count: number): KafkaLog {
  const log = new KafkaLog()
  for (let offset = 0n; offset < count; offset++) {
    const record = { topic: 't.fraud_feedback', partition: 0, offset, timestamp: 1, key: Buffer.from(`c${offset}`), value: Buffer.from([Number(offset % 256n)]), headers: {} }
    log.append([deadLetterRecord({ record, error: new Error('no'), attempts: 1 }, 't.svc')])
  }
  return log
}

async function redriven(log: KafkaLog, more: Partial<RedriveOptions> = {}) {
  const options = { filter: parseFilter({}), namespace: 't.', again: false, dryRun: false, by: 'ana', rate: Infinity, ...more }
  const told: string[] = []
  const { json, lines } = await redrive(log.client(), log.reader(), place, options, (line) => told.push(line))
  return { told, lines, json: json as typeof json & { redriven: number; redrivenBefore: number; selected: number } }
}

const sentKeys = (log: KafkaLog) => log.topic('t.fraud_feedback').map(({ key }) => key?.toString())
const keysOf = (records: readonly RecordToSend[]) => records.filter(({ topic }) => topic === 't.fraud_feedback').map(({ key }) => key?.toString())

describe('a redrive', () => {
  it('writes each record and its mark in one transaction, in the letters\' order, many to a transaction', async () => {
    const log = withLetters(250)
    expect((await redriven(log)).json).toMatchObject({ redriven: 250, redrivenBefore: 0, broken: [] })
    expect(sentKeys(log)).toEqual(Array.from({ length: 250 }, (_, i) => `c${i}`))
    // The first says that it begins.
    expect(log.transactions.map(({ length }) => length)).toEqual([1, 200, 200, 100])
    for (const records of log.transactions.slice(1)) expect(records.filter(({ topic }) => topic === dlq)).toHaveLength(records.length / 2)
  })

  it('that is repeated writes nothing; when it is to do all again, it counts', async () => {
    const log = withLetters(2)
    await redriven(log)
    expect((await redriven(log)).json).toMatchObject({ redriven: 0, redrivenBefore: 2, broken: [] })
    expect(log.transactions).toHaveLength(2)
    expect((await redriven(log, { again: true })).json).toMatchObject({ redriven: 2, redrivenBefore: 0 })
    expect(log.topic('t.fraud_feedback').map(({ headers }) => headers['redrive-count']?.toString())).toEqual(['1', '1', '2', '2'])
  })

  it('ends where another begins, and tells how far it came; the other sends the rest, each once', async () => {
    const log = withLetters(5)
    let other: ReturnType<typeof redriven> | undefined
    log.beforeWrite = () => {
      // The first letter's transaction has been written.
      if (log.transactions.length === 2) other ??= redriven(log)
    }
    const first = await redriven(log, { rate: 10 })
    const later = await other
    expect(first.json.broken).toEqual([{ rule: 'KAFKA_FENCED', message: expect.stringContaining('another redrive of this topic has begun') }])
    expect(later?.json).toMatchObject({ redriven: 5 - first.json.redriven, broken: [] })
    expect(sentKeys(log)).toEqual(['c0', 'c1', 'c2', 'c3', 'c4'])
  })

  it('is not deceived by a transaction that hides the marks of an earlier redrive', async () => {
    const log = withLetters(3)
    await redriven(log, { filter: parseFilter({ limit: '1' }) })
    // A consumer's transaction began before the mark was written, and ends only when the next redrive has waited.
    log.hidden.set(dlq, 2)
    log.beforeWrite = () => {
      log.hidden.set(dlq, 3)
      setTimeout(() => log.hidden.delete(dlq), 250)
      log.beforeWrite = () => undefined
    }
    expect((await redriven(log)).json).toMatchObject({ selected: 2, redriven: 2, redrivenBefore: 1 })
    expect(sentKeys(log)).toEqual(['c0', 'c1', 'c2'])
  })

  // The other is what a record without a key gets whose partition is not there any more.
  it.each(['KAFKA_RECORD_TOO_LARGE', 'KAFKA_CLIENT'] as const)('leaves out a record that its topic does not take (%s), says which, and sends the others', async (code) => {
    const log = withLetters(4)
    log.beforeWrite = (records) => {
      if (keysOf(records).includes('c2')) throw new MessagingError(code, 'not this one')
    }
    const { json } = await redriven(log)
    expect(json).toMatchObject({ redriven: 3, broken: [{ rule: code, offset: 2, message: expect.stringContaining(`${dlq}/0 at 2`) }] })
    expect(sentKeys(log)).toEqual(['c0', 'c1', 'c3'])
  })

  it('stops at anything else, says how far it came, and a second run does the rest', async () => {
    const log = withLetters(150)
    log.beforeWrite = (records) => {
      if (keysOf(records).includes('c120')) throw new MessagingError('KAFKA_TRANSACTION_LOST', 'who knows')
    }
    const { json } = await redriven(log)
    expect(json).toMatchObject({ redriven: 100, broken: [{ rule: 'KAFKA_TRANSACTION_LOST', message: expect.stringContaining('100 of 150 were redriven') }] })
    log.beforeWrite = () => undefined
    expect((await redriven(log)).json).toMatchObject({ redriven: 50, redrivenBefore: 100, broken: [] })
    expect(new Set(sentKeys(log)).size).toBe(150)
    expect(sentKeys(log)).toHaveLength(150)
  })

  it.each([
    ['KAFKA_TRANSACTION_LOST', false],
    ['KAFKA_RECORD_TOO_LARGE', true],
  ] as const)('says that nothing was sent only where that is known: after %s, %s', async (code, known) => {
    const log = withLetters(2)
    log.beforeWrite = (records) => {
      if (keysOf(records).length > 0) throw new MessagingError(code, 'no')
    }
    expect((await redriven(log)).lines.includes('nothing was sent')).toBe(known)
  })

  it('keeps its rate, and tells how far it is', async () => {
    const log = withLetters(25)
    const started = performance.now()
    const { told } = await redriven(log, { rate: 20 })
    // 25 at 20 a second, two to a transaction: the last begins after 24/20 s.
    expect(performance.now() - started).toBeGreaterThan(1_150)
    expect(told[0]).toMatch(/^\d+ of 25, about 1 s left$/)
  })

  it('that is a dry run writes nothing', async () => {
    const log = withLetters(3)
    expect((await redriven(log, { dryRun: true })).json).toMatchObject({ dryRun: true, selected: 3, redriven: 0, broken: [] })
    expect(log.transactions).toEqual([])
  })
})

it('offsets are told as ranges', () => {
  expect(rangesOf([])).toBe('')
  expect(rangesOf([3, 4, 5, 9, 11, 12])).toBe('3..5, 9, 11..12')
  expect(rangesOf(Array.from({ length: 50 }, (_, i) => i * 2))).toMatch(/^0, 2, .*, 38 and 30 ranges more$/)
})
