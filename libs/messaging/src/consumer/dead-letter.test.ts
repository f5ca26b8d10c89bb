import { describe, expect, it } from 'vitest'
import { MessagingError } from '../errors.js'
import { deadLetterRecord } from './dead-letter.js'

const record = {
  topic: 'ns.transactions_log', partition: 3, offset: 42n, timestamp: 1_700_000_000_000,
  key: Buffer.from('card'), value: Buffer.from([1, 2, 3]), headers: { 'message-id': Buffer.from('m1') },
}

describe('deadLetterRecord', () => {
  it('keeps key, value and headers as they are, and says in headers why the record is there', () => {
    const error = new MessagingError('TOMBSTONE_UNEXPECTED', 'no value')
    const letter = deadLetterRecord({ record, error, attempts: 2 }, 'ns.notifier')
    expect(letter).toMatchObject({ topic: 'ns.transactions_log.dlq', key: record.key, value: record.value })
    expect(letter.headers).toMatchObject({
      'message-id': record.headers['message-id'],
      'dlq-reason': 'no value',
      'dlq-code': 'TOMBSTONE_UNEXPECTED',
      'dlq-topic': 'ns.transactions_log',
      'dlq-partition': '3',
      'dlq-offset': '42',
      'dlq-timestamp': '1700000000000',
      'dlq-consumer-group': 'ns.notifier',
      'dlq-attempts': '2',
    })
    expect(Number(letter.headers['dlq-failed-at'])).toBeGreaterThan(record.timestamp)
  })

  it('keeps a long reason short', () => {
    const letter = deadLetterRecord({ record, error: new Error('x'.repeat(100_000)), attempts: 1 }, 'g')
    expect(letter.headers['dlq-reason']).toHaveLength(1_000)
  })
})
