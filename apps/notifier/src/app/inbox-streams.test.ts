import { createLogger, Readiness } from '@swipestream/platform'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type InboxListener, inboxKey } from '../db/inbox-notices.js'
import type { InboxMessage } from '../db/inbox.repository.js'
import { type InboxEvent, InboxStreams, mostStreams } from './inbox-streams.js'

const hour = 3_600_000

describe('streams of inboxes', () => {
  /** What stands in the inbox of c1. */
  let ids: number[]
  let away: boolean
  let looks: number
  let readiness: Readiness
  let listener: InboxListener
  let streams: InboxStreams

  beforeEach(() => {
    vi.useFakeTimers()
    ids = []
    away = false
    looks = 0
    readiness = new Readiness()
    const inbox = {
      after(customerId: string, id: string, limit: number): Promise<InboxMessage[]> {
        looks++
        if (away) return Promise.reject(new Error('Connection terminated'))
        const behind = customerId === 'c1' ? ids.filter((each) => each > Number(id)).slice(0, limit) : []
        return Promise.resolve(behind.map((each) => ({ id: String(each) }) as InboxMessage))
      },
    }
    const notices = { subscribe: (each: InboxListener) => void (listener = each) }
    streams = new InboxStreams(inbox as never, notices as never, readiness, createLogger({ service: 'test', level: 'silent' }))
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  /** A client that reads, until it `pauses`, and what it got. */
  function client({ after = '0', customerId = 'c1', livesMs = hour } = {}) {
    const connection = new AbortController()
    const got: string[] = []
    let ended = false
    let paused: Promise<void> | undefined
    const events = streams.open({ customerId, expiresAt: Date.now() + livesMs }, after, { gone: connection.signal, cut: () => connection.abort() })
    const read = async (from: AsyncIterable<InboxEvent>): Promise<void> => {
      for await (const event of from) {
        got.push(event.kind === 'message' ? event.message.id : event.kind)
        if (paused) await paused
      }
      ended = true
    }
    if (typeof events !== 'string') void read(events)
    return {
      refusal: typeof events === 'string' ? events : undefined,
      got,
      get ended() {
        return ended
      },
      get cut() {
        return connection.signal.aborted
      },
      close: () => connection.abort(),
      pause() {
        let go: () => void = () => undefined
        paused = new Promise((resolve) => {
          go = resolve
        })
        return () => {
          paused = undefined
          go()
        }
      },
    }
  }

  const settle = (ms = 0) => vi.advanceTimersByTimeAsync(ms)

  function arrive(...more: number[]): void {
    ids.push(...more)
    listener.arrived(inboxKey('c1'))
  }

  it('begin with what is behind the id they are given, and go on with what comes, in order', async () => {
    ids = [1, 2, 3]
    const reader = client({ after: '1' })
    await settle()
    expect(reader.got).toEqual(['2', '3'])
    arrive(4, 5)
    await settle()
    expect(reader.got).toEqual(['2', '3', '4', '5'])
  })

  it('have neither gap nor double when something arrives while they look', async () => {
    ids = Array.from({ length: 250 }, (_, i) => i + 1)
    const reader = client()
    for (let id = 251; id <= 300; id++) {
      arrive(id)
      await Promise.resolve()
    }
    await settle()
    expect(reader.got).toEqual(Array.from({ length: 300 }, (_, i) => String(i + 1)))
  })

  it('look for what a lost notice would have told when notices come again', async () => {
    const reader = client()
    await settle()
    ids.push(1)
    await settle(5_000)
    expect(reader.got).toEqual([])
    listener.resumed()
    await settle()
    expect(reader.got).toEqual(['1'])
  })

  it("are not woken by another customer's messages", async () => {
    client()
    await settle()
    const before = looks
    listener.arrived(inboxKey('c2'))
    await settle(1_000)
    expect(looks).toBe(before)
  })

  it('show every 15 seconds that they are there', async () => {
    const reader = client()
    await settle(46_000)
    expect(reader.got).toEqual(['alive', 'alive', 'alive'])
  })

  it('end with their token, and say so', async () => {
    const reader = client({ livesMs: 20_000 })
    await settle(19_999)
    expect(reader.got).toEqual(['alive'])
    await settle(1)
    expect([reader.got, reader.ended]).toEqual([['alive', 'expired'], true])
  })

  it('end at once when the service stops', async () => {
    const reader = client()
    await settle()
    readiness.beginShutdown()
    await settle()
    expect([reader.got, reader.ended]).toEqual([[], true])
  })

  it('end at once, and give their place away, when the client has gone', async () => {
    const readers = Array.from({ length: mostStreams.ofCustomer }, () => client())
    expect(client().refusal).toBe('too_many_of_customer')
    expect(client({ customerId: 'c2' }).refusal).toBeUndefined()
    readers[0]?.close()
    await settle()
    expect(readers[0]?.ended).toBe(true)
    expect(client().refusal).toBeUndefined()
  })

  it('are so many at most, whoever they are for', () => {
    for (let i = 0; i < mostStreams.ofAll; i++) expect(client({ customerId: `c${i}` }).refusal).toBeUndefined()
    expect(client({ customerId: 'last' }).refusal).toBe('too_many')
  })

  it('hold nothing for a client that does not read, and cut it when it does not for long', async () => {
    const reader = client()
    await settle()
    reader.pause()
    arrive(1, 2)
    await settle(15_000)
    const before = looks
    for (let id = 3; id < 1_000; id++) arrive(id)
    await settle(14_999)
    expect([reader.got, reader.cut, looks]).toEqual([['1'], false, before])
    await settle(1)
    expect(reader.cut).toBe(true)
  })

  it('bear a client that reads slowly', async () => {
    const reader = client()
    await settle()
    const goOn = reader.pause()
    arrive(1, 2)
    await settle(29_000)
    goOn()
    await settle(29_000)
    expect([reader.got.slice(0, 2), reader.cut]).toEqual([['1', '2'], false])
  })

  it('cut a client that does not read the end', async () => {
    const reader = client({ livesMs: 10_000 })
    await settle(10_000)
    expect([reader.ended, reader.cut]).toEqual([true, false])
    await settle(30_000)
    expect(reader.cut).toBe(true)
  })

  it('wait for a database that is away', async () => {
    away = true
    const reader = client()
    await settle(10_000)
    ids.push(1)
    away = false
    await settle(1_000)
    expect([reader.got, reader.ended]).toEqual([['1'], false])
  })
})
