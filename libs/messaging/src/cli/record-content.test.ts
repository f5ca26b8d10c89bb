import { describe, expect, it } from 'vitest'
import { headersOf } from './record-content.js'

describe('headers', () => {
  const headers = { 'message-id': Buffer.from('m1'), 'produced-by': Buffer.from('etl'), 'redrive-count': Buffer.from('1'), 'forgotten': Buffer.from('{"customers":["c1"]}') }

  it('that are not known are masked: they may say whom a tombstone is about', () => {
    expect(headersOf(headers, false)).toEqual({ 'message-id': 'm1', 'produced-by': 'etl', 'redrive-count': '1', 'forgotten': '[masked: pii unknown]' })
  })

  it('are shown when all is to be revealed', () => {
    expect(headersOf(headers, true)).toMatchObject({ 'forgotten': '{"customers":["c1"]}' })
  })
})
