import type { RunningService } from '@swipestream/platform'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { notify } from '../src/cli/notify/notify-command.fixture.js'
import { SilencesRepository } from '../src/db/silences.repository.js'
import { NotifierUnderTest } from './notifier-under-test.js'

describe('silences', () => {
  let notifier: NotifierUnderTest
  let service: RunningService
  let silences: SilencesRepository
  const hour = 3_600_000

  beforeAll(async () => {
    notifier = await NotifierUnderTest.create()
    service = await notifier.start()
    silences = service.app.get(SilencesRepository)
  })
  beforeEach(() => notifier.database.query('TRUNCATE silences'))
  afterAll(() => notifier?.close())

  async function send(method: string, path: string, body?: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
    const headers = { authorization: 'Bearer silences-key', ...(body === undefined ? {} : { 'content-type': 'application/json' }) }
    const response = await fetch(`${service.url}${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
    const text = await response.text()
    return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) }
  }

  /** As the people on call do it. */
  const command = (...args: string[]) => notify({ DATABASE_URL: (notifier.database.options as { url?: string }).url }, 'silence', ...args)

  it('are made, listed and ended by the API', async () => {
    const made = await send('POST', '/v1/silences', { code: 'FRAUD_RULE_FAILED', minutes: 5, comment: 'Known.' })
    expect(made).toMatchObject({ status: 201, body: { code: 'FRAUD_RULE_FAILED', created_by: 'tests', active: true } })
    expect((await send('GET', '/v1/silences')).body).toEqual({ silences: [made.body] })
    const path = `/v1/silences/${String(made.body['silence_id'])}`
    expect(await send('DELETE', path)).toMatchObject({ status: 204 })
    const { body: ended } = await send('GET', '/v1/silences?all=true')
    expect(await send('DELETE', path)).toMatchObject({ status: 204 })
    expect(await send('GET', '/v1/silences')).toMatchObject({ body: { silences: [] } })
    expect((await send('GET', '/v1/silences?all=true')).body).toEqual(ended)
    expect(ended).toMatchObject({ silences: [{ active: false, ended_at: expect.any(String) as string }] })
  })

  it('are made, listed and ended by the command, on the same database', async () => {
    const made = await command('add', '--service', 'etl-loader', '--subject', 'core', '--minutes', '90', '--comment', 'Mended at 3.', '--by', 'ada', '--json')
    expect(made).toMatchObject({ code: 0, last: { command: 'silence', silence: { service: 'etl-loader', code: null, subject: 'core', created_by: 'ada', active: true }, broken: [] } })
    const { silence_id: id } = made.last['silence'] as { silence_id: string }
    expect((await send('GET', '/v1/silences')).body).toEqual({ silences: [made.last['silence']] })
    const listed = await command('list')
    expect(listed.out[0]).toMatch(/^SILENCE +SERVICE +CODE +SUBJECT +UNTIL +STATE +BY +COMMENT$/)
    expect(listed.out[1]).toMatch(new RegExp(`^${id} +etl-loader +\\* +core +\\S+Z +holds +ada +Mended at 3\\.$`))
    expect((await command('end', id)).out).toEqual([expect.stringMatching(new RegExp(`^${id}: ended at `))])
    expect((await command('list')).out).toEqual(['nothing is silenced'])
    expect((await command('list', '--all')).out[1]).toContain('ended 2')
    expect(await command('end', '0199a1b2-c3d4-7000-8000-0000000000aa', '--json')).toMatchObject({ code: 1, last: { broken: [{ rule: 'SILENCE_NOT_FOUND' }] } })
  })

  it('hold until their end, and not at it', async () => {
    const until = new Date(Date.now() + hour)
    const { id } = await silences.add({ service: 'x', code: null, subject: null, until, comment: 'x', created_by: 'x' })
    const held = async (now: number) => (await silences.active(now)).map((silence) => silence.id)
    expect(await held(until.getTime() - 1)).toEqual([id])
    expect(await held(until.getTime())).toEqual([])
  })

  it('that are over stay as they are when they are ended', async () => {
    const { id } = await silences.add({ service: 'x', code: null, subject: null, until: new Date(Date.now() - hour), comment: 'x', created_by: 'x' })
    expect(await silences.end(id)).toMatchObject({ ended_at: null })
    expect((await command('end', id)).out).toEqual([expect.stringContaining('it was over at')])
  })
})
