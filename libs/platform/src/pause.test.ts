import { describe, expect, it } from 'vitest'
import { pause } from './pause.js'

const longMs = 60_000

describe('a pause', () => {
  it('takes its time', async () => {
    const begun = performance.now()
    await pause(20, new AbortController().signal)
    // A timer counts whole milliseconds.
    expect(performance.now() - begun).toBeGreaterThan(18)
  })

  it('ends when the signal is aborted, before or meanwhile', async () => {
    await pause(longMs, AbortSignal.abort())
    const controller = new AbortController()
    const paused = pause(longMs, controller.signal)
    controller.abort(new Error('the end'))
    await paused
  })

  it('that is none is refused, not taken for one that ended', async () => {
    await expect(pause('soon' as unknown as number, new AbortController().signal)).rejects.toThrow(TypeError)
  })
})
