import { describe, expect, it } from 'vitest'
import { isFaultOfASwipe } from './insert-swipes.js'

describe('a failed insert of several swipes', () => {
  it.each(['22003', '22P02', '23505', '23514', '54000'])('is one swipe\'s fault: SQLSTATE %s', (code) => {
    expect(isFaultOfASwipe(Object.assign(new Error('refused'), { code }))).toBe(true)
  })

  // Query canceled by statement_timeout, shutdown, deadlock, connection lost, no such table.
  it.each(['57014', '57P01', '40P01', '08006', '42P01', undefined])('is no swipe\'s fault: SQLSTATE %s', (code) => {
    expect(isFaultOfASwipe(Object.assign(new Error('Connection terminated'), { code }))).toBe(false)
  })
})
