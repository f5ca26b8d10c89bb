import { createLogger, Readiness } from '@swipestream/platform'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { SendFailure } from '../domain/failure.js'
import { defaultRetryPolicy } from '../domain/retry.js'
import { ChannelState } from './channel-state.js'

describe('a channel', () => {
  const logger = createLogger({ service: 'test', level: 'silent' })
  const away: SendFailure = { scope: 'channel', code: 'ESOCKET', reason: 'connect ECONNREFUSED' }
  const up: number[] = []
  let readiness: Readiness
  let state: ChannelState

  beforeEach(() => {
    vi.useFakeTimers()
    vi.spyOn(Math, 'random').mockReturnValue(1)
    up.length = 0
    readiness = new Readiness()
    const metrics = { channelUp: { set: (_labels: object, value: number) => up.push(value) } }
    state = new ChannelState({ name: 'email', policy: defaultRetryPolicy, readiness, metrics, logger })
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.restoreAllMocks()
  })

  it('whose provider is away leaves the service ready, and says so', () => {
    state.failed(away)
    expect(readiness.ready()).toBe(true)
    expect(readiness.components().get('email')?.detail).toBe('the provider is away (ESOCKET: connect ECONNREFUSED); messages wait in the ledger')
    expect(up).toEqual([1, 0])
  })

  it('whose provider refuses a variable makes the service unready, and names it', () => {
    state.failed({ scope: 'channel', code: 'SMTP_535', reason: 'wrong password', wrongVariable: 'SMTP_URL' })
    expect(readiness.ready()).toBe(false)
    expect(readiness.components().get('email')?.detail).toContain('refuses SMTP_URL (SMTP_535: wrong password)')
    expect(up).toEqual([1, 0])
  })

  it('is well again after one message that went out', () => {
    state.failed({ ...away, wrongVariable: 'SMTP_URL' })
    state.worked()
    expect(readiness.ready()).toBe(true)
    expect(readiness.components().get('email')?.detail).toBeUndefined()
    expect(state.restMs()).toBe(0)
    expect(state.failures).toBe(0)
    expect(up).toEqual([1, 0, 1])
  })

  it('rests longer after each failure', () => {
    for (const restMs of [500, 1_000, 2_000]) {
      state.failed(away)
      expect(state.restMs()).toBe(restMs)
      vi.advanceTimersByTime(restMs)
      expect(state.restMs()).toBe(0)
    }
  })

  it('does not count what fails while it rests', () => {
    for (let i = 0; i < 20; i++) state.failed(away)
    expect(state.failures).toBe(1)
    expect(state.restMs()).toBe(500)
  })
})
