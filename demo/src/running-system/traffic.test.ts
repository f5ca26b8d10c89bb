import type { AddressInfo } from 'node:net'
import { describe, expect, test, vi } from 'vitest'
import type { SwipeRequest } from '../generator/swipe-request.js'
import { generateWorld } from '../generator/world.js'
import { serveReadiness } from './readiness-server.js'
import { Traffic } from './traffic.js'

const world = generateWorld(7, { customers: 20, tokenOf: (number) => number })

/** Traffic to an API that answers as it is told. */
function trafficTo(answer: (id: string) => Promise<void>, perSecond: number) {
  const taken: { id: string; swipe: SwipeRequest; at: number }[] = []
  const api = {
    swipe: async (swipe: SwipeRequest, id: string) => {
      taken.push({ id, swipe, at: Date.now() })
      await answer(id)
      return { transaction_id: id, sentAt: 0 }
    },
  }
  const end = new AbortController()
  const failures: unknown[] = []
  const traffic = new Traffic(api, { world, perSecond, seed: 1 })
  return { traffic, taken, failures, end, done: traffic.run(end.signal, (error) => failures.push(error)) }
}

describe('traffic', () => {
  test('comes at its rate, each swipe when its time has come, each under an id of its own', async () => {
    const { traffic, taken, end, done } = trafficTo(() => Promise.resolve(), 500)
    await vi.waitFor(() => expect(taken.length).toBeGreaterThan(200), { timeout: 20_000 })
    end.abort()
    await done
    expect(traffic.accepted).toBe(taken.length)
    expect(new Set(taken.map(({ id }) => id)).size).toBe(taken.length)
    const times = taken.map(({ swipe }) => Date.parse(swipe.occurred_at))
    // A timer may go off a millisecond early.
    expect(taken.filter(({ at }, i) => at < (times[i] ?? 0) - 2)).toEqual([])
    // Of their own times: 500 a second are a gap of 2 ms, whatever else this machine does.
    const gap = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / times.length
    expect(gap).toBeGreaterThan(1.5)
    expect(gap).toBeLessThan(2.5)
  })

  test('goes on after a swipe that fails, and tells of it', async () => {
    const { traffic, taken, failures, end, done } = trafficTo((id) => (id.endsWith('-3') ? Promise.reject(new Error('no')) : Promise.resolve()), 500)
    await vi.waitFor(() => expect(taken.length).toBeGreaterThan(10), { timeout: 20_000 })
    end.abort()
    await done
    expect([traffic.failed, failures]).toEqual([1, [new Error('no')]])
    expect(traffic.accepted).toBe(taken.length - 1)
  })

  test('that is not taken waits, and leaves out what is overdue then', async () => {
    const realNow = Date.now.bind(Date)
    let ahead = 0
    const now = vi.spyOn(Date, 'now').mockImplementation(() => realNow() + ahead)
    let open = () => {}
    const opened = new Promise<void>((resolve) => (open = resolve))
    const { traffic, taken, end, done } = trafficTo(() => opened, 100)
    try {
      await vi.waitFor(() => expect(taken.length).toBeGreaterThan(0), { timeout: 20_000 })
      ahead = 60_000
      await vi.waitFor(() => expect(traffic.leftOut).toBeGreaterThan(4_000), { timeout: 20_000 })
      open()
      await vi.waitFor(() => expect(traffic.accepted).toBeGreaterThan(900), { timeout: 20_000 })
    } finally {
      open()
      end.abort()
      await done
      now.mockRestore()
    }
    // Of a minute, all but the last ten seconds; each was sent or left out.
    expect(traffic.leftOut).toBeLessThan(6_000)
    expect(traffic.accepted).toBe(taken.length)
  })

  test('is ready when a swipe was taken lately', async () => {
    const { traffic, end, done } = trafficTo(() => Promise.resolve(), 100)
    const now = vi.spyOn(performance, 'now')
    const server = await serveReadiness('127.0.0.1', 0, () => traffic.flows)
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const asked = async (path: string) => (await fetch(`${url}${path}`)).status
    try {
      await vi.waitFor(async () => expect(await asked('/health/ready')).toBe(200), { timeout: 20_000 })
      end.abort()
      await done
      expect(await asked('/')).toBe(404)
      const ended = performance.now()
      now.mockReturnValue(ended + 31_000)
      expect(await asked('/health/ready')).toBe(503)
    } finally {
      now.mockRestore()
      server.close()
    }
    expect(trafficTo(() => Promise.reject(new Error('no')), 1).traffic.flows).toBe(false)
  })
})
