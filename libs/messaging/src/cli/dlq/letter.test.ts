import { describe, expect, it } from 'vitest'
import { MessagingError } from '../../errors.js'
import type { KafkaRecord, RecordToSend } from '../../kafka/ports.js'
import { deadLetterRecord } from '../../consumer/dead-letter.js'
import { beginRecord, begunBy, letterOf, markerOf, markerRecord, redrivenRecord } from './letter.js'

const original: KafkaRecord = {
  topic: 't.cards', partition: 3, offset: 17n, timestamp: 1_000, key: Buffer.from('c1'), value: Buffer.from([0, 255]),
  headers: { 'message-id': Buffer.from('m1'), traceparent: Buffer.from('00-aa-bb-01'), raw: Buffer.from([0xff, 0xfe]) },
}
const givenUp = { record: original, error: new MessagingError('TOMBSTONE_UNEXPECTED', 'no value'), attempts: 2 }
const redrive = { at: 5_000, by: 'ana', edited: [] }

/** What was sent, as it stands in Kafka. */
function stored({ topic, partition = 0, key, value, headers }: RecordToSend, offset = 4n): KafkaRecord {
  return { topic, partition, offset, timestamp: 2_000, key, value, headers: Object.fromEntries(Object.entries(headers).map(([name, header]) => [name, Buffer.from(header)])) }
}

const letterRecord = stored(deadLetterRecord(givenUp, 't.svc'))

describe('a dead letter', () => {
  it('says what the consumer wrote of the record it gave up', () => {
    expect(letterOf(letterRecord)).toEqual({
      reason: 'no value', code: 'TOMBSTONE_UNEXPECTED', topic: 't.cards', partition: 3, offset: 17, timestamp: 1_000,
      consumer_group: 't.svc', attempts: 2, failed_at: expect.any(Number), redriveCount: 0,
    })
  })

  it.each([
    ['lacks a header', { 'dlq-reason': null }],
    ['has a number that is none', { 'dlq-offset': Buffer.from('-1') }],
    ['has a time that is none', { 'dlq-failed-at': Buffer.from('9999999999999999') }],
    ['is of another topic: it must not choose where it goes', { 'dlq-topic': Buffer.from('t.customers') }],
  ])('is none when it %s', (_, change) => {
    const headers: Record<string, Buffer> = { ...letterRecord.headers }
    for (const [name, value] of Object.entries(change)) {
      if (value === null) delete headers[name]
      else headers[name] = value
    }
    expect(letterOf({ ...letterRecord, headers })).toBeNull()
  })

  it('is sent again as the record it was: topic, key, bytes and headers, with the marks of the redrive', () => {
    const letter = letterOf(letterRecord)!
    expect(redrivenRecord(letterRecord, letter, letterRecord.value, redrive, 1)).toEqual({
      topic: 't.cards', key: original.key, value: original.value,
      headers: { ...original.headers, 'redriven-from': 't.cards.dlq/0/4', 'redriven-at': '5000', 'redriven-by': 'ana', 'redrive-count': '1' },
    })
  })

  it('without a key goes to the partition it came from: no hash would choose it again', () => {
    const record = { ...letterRecord, key: null }
    expect(redrivenRecord(record, letterOf(record)!, record.value, redrive, 1).partition).toBe(3)
  })

  it('that failed again says how often it was redriven, and which fields were ever edited', () => {
    const edited = redrivenRecord(letterRecord, letterOf(letterRecord)!, letterRecord.value, { ...redrive, edited: ['home_country'] }, 1)
    const again = stored(deadLetterRecord({ ...givenUp, record: stored(edited) }, 't.svc'))
    expect(letterOf(again)?.redriveCount).toBe(1)
    const { headers } = redrivenRecord(again, letterOf(again)!, again.value, { ...redrive, edited: ['time_zone'] }, 2)
    expect(headers['redriven-edited']).toBe('home_country,time_zone')
  })
})

describe('the marks on a dead-letter topic', () => {
  it('say which letter was redriven, when, by whom and with which edits; they are no letters', () => {
    const marker = stored(markerRecord(letterRecord, { ...redrive, edited: ['a', 'b.c'] }))
    expect(marker).toMatchObject({ topic: 't.cards.dlq', partition: 0, key: Buffer.from('4'), value: null })
    expect(markerOf(marker)).toEqual({ letter: 4, at: 5_000, by: 'ana', edited: ['a', 'b.c'] })
    expect(letterOf(marker)).toBeNull()
  })

  it('say that a redrive has begun', () => {
    const begin = stored(beginRecord('t.cards.dlq', 'run-1', redrive))
    expect([begunBy(begin), letterOf(begin), markerOf(begin)]).toEqual(['run-1', null, null])
  })

  it('are not taken from a letter, whatever headers its record had', () => {
    const headers = { ...letterRecord.headers, redriven: Buffer.from('0'), 'redriven-at': Buffer.from('1'), 'redrive-begun': Buffer.from('x') }
    expect([markerOf({ ...letterRecord, headers }), begunBy({ ...letterRecord, headers })]).toEqual([null, null])
  })
})
