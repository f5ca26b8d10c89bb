import { randomUUID } from 'node:crypto'
import { Client } from 'pg'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { DatabaseNotices } from '../src/database-notices.js'
import { Wire } from './wire.js'

const WAIT = { timeout: 20_000, interval: 20 }

describe('notices of a database', () => {
  let admin: Client
  let wire: Wire
  let notices: DatabaseNotices
  let channel: string
  let heard: string[]
  let warned: number

  beforeEach(async () => {
    const server = process.env['POSTGRES_URL']
    if (server === undefined) throw new Error('POSTGRES_URL is missing; stack/test/global-setup.ts gives it')
    admin = new Client({ connectionString: server })
    await admin.connect()
    wire = new Wire(new URL(server))
    await wire.mend()
    channel = `c${randomUUID().replaceAll('-', '')}`
    heard = []
    warned = 0
    notices = new DatabaseNotices(
      { url: wire.url(), name: channel, channel, logger: { warn: () => void warned++ } as never },
      { noticed: (payload) => heard.push(payload), resumed: () => heard.push('(resumed)') },
    )
  })
  afterEach(async () => {
    await notices.stop()
    await wire.cut()
    await admin.end()
  })

  const tell = (payload: string) => admin.query('SELECT pg_notify($1, $2)', [channel, payload])
  const hears = (expected: readonly string[]) => vi.waitFor(() => expect(heard).toEqual(expected), WAIT)
  const connections = async () => (await admin.query(`SELECT FROM pg_stat_activity WHERE application_name = $1`, [`${channel} notices`])).rows.length

  it('are heard in order from the moment of being resumed, an empty one too', async () => {
    await tell('before')
    notices.start()
    await hears(['(resumed)'])
    for (const payload of ['a', '', 'c']) await tell(payload)
    await hears(['(resumed)', 'a', '', 'c'])
  })

  it('are heard again when the connection comes back, and it is told that some may be missing', async () => {
    notices.start()
    await hears(['(resumed)'])
    await wire.cut()
    await vi.waitFor(() => expect(warned).toBe(1), WAIT)
    await tell('lost')
    await wire.mend()
    await hears(['(resumed)', '(resumed)'])
    await tell('a')
    await hears(['(resumed)', '(resumed)', 'a'])
    expect(warned).toBe(1)
  })

  it('are waited for as long as there is no database', async () => {
    await wire.cut()
    notices.start()
    await vi.waitFor(() => expect(warned).toBe(1), WAIT)
    await wire.mend()
    await hears(['(resumed)'])
  })

  it('take no connection when listening has stopped, or was stopped before it began', async () => {
    notices.start()
    await hears(['(resumed)'])
    expect(await connections()).toBe(1)
    await notices.stop()
    await vi.waitFor(async () => expect(await connections()).toBe(0), WAIT)
    notices.start()
    await tell('late')
    expect([heard, await connections()]).toEqual([['(resumed)'], 0])
  })
})
