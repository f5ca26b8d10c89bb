import { EventEmitter } from 'node:events'
import { NetworkError, ProtocolError } from '@platformatic/kafka'
import { beforeEach, describe, expect, it, vi } from 'vitest'

const made: FakeConnection[] = []
/** The client has connections of its own. */
let clients = 0

class FakeConnection extends EventEmitter {
  connected = false
  closed = false
  constructor() {
    super()
    made.push(this)
  }
  isConnected = () => this.connected
  async connect(host: string) {
    if (host === 'away') throw new NetworkError('Connection refused')
    this.connected = true
  }
  close(callback?: () => void) {
    this.connected = false
    this.closed = true
    callback?.()
  }
}

vi.mock('@platformatic/kafka', async (original) => ({
  ...(await original<typeof import('@platformatic/kafka')>()),
  Connection: class {
    constructor() {
      return new FakeConnection()
    }
  },
  Base: class {
    constructor() {
      clients++
    }
    close = () => Promise.resolve()
    clearMetadata = () => undefined
    metadata = () => Promise.resolve({ brokers: new Map(['one', 'two'].map((host, node) => [node, { host, port: 1 }])) })
  },
}))
const { Brokers } = await import('./brokers.js')

let brokers: InstanceType<typeof Brokers>
const one = { host: 'one', port: 1 }
const hanging = () => Promise.withResolvers<void>()

beforeEach(() => {
  made.length = 0
  clients = 0
  brokers = new Brokers({ clientId: 'c', bootstrapBrokers: ['one:1'] })
  brokers.use()
})

describe('a connection', () => {
  it('carries one request at a time, and is used again', async () => {
    const [first, second] = [hanging(), hanging()]
    const both = [brokers.at(one, () => first.promise), brokers.at(one, () => second.promise)]
    await vi.waitFor(() => expect(made).toHaveLength(2))
    first.resolve()
    second.resolve()
    await Promise.all(both)
    for (let i = 0; i < 5; i++) await brokers.at(one, () => Promise.resolve())
    expect(made).toHaveLength(2)
  })

  it('is used again after a refusal, and never after it broke, be it while it was idle', async () => {
    await expect(brokers.at(one, () => Promise.reject(new ProtocolError('NOT_COORDINATOR')))).rejects.toMatchObject({ apiId: 'NOT_COORDINATOR' })
    await brokers.at(one, () => Promise.resolve())
    expect(made).toHaveLength(1)
    made[0]!.connected = false
    await brokers.at(one, () => Promise.resolve())
    expect([made.length, made[0]?.closed]).toEqual([2, true])
    const broken = brokers.at(one, () => {
      made[1]!.connected = false
      return Promise.reject(new NetworkError('Connection closed'))
    })
    await expect(broken).rejects.toThrow('Connection closed')
    await brokers.at(one, () => Promise.resolve())
    expect(made).toHaveLength(3)
  })

  it('to a broker that is away fails who asks', async () => {
    await expect(brokers.at({ host: 'away', port: 1 }, () => Promise.resolve())).rejects.toThrow('refused')
  })

  it('is closed with the last who uses it, also one that is busy', async () => {
    brokers.use()
    await brokers.at(one, () => Promise.resolve())
    await brokers.release()
    expect(made[0]?.closed).toBe(false)
    const { promise, resolve } = hanging()
    const busy = brokers.at(one, () => promise)
    await brokers.release()
    expect(made[0]?.closed).toBe(true)
    resolve()
    await busy
  })

  it('is not made any more after the last who uses them has gone: it would never be closed', async () => {
    await brokers.release()
    await expect(brokers.at(one, () => Promise.resolve())).rejects.toThrow('closed')
    await expect(brokers.metadata(['t'])).rejects.toThrow('closed')
    expect(made).toEqual([])
    expect(clients).toBe(0)
  })
})

it('asks another broker after one that did not answer', async () => {
  const asked: number[] = []
  const failing = () => {
    asked.push(made.length)
    return Promise.reject(new NetworkError('gone'))
  }
  await expect(brokers.atAny(failing)).rejects.toThrow('gone')
  await expect(brokers.atAny(failing)).rejects.toThrow('gone')
  expect(asked).toEqual([1, 2])
})
