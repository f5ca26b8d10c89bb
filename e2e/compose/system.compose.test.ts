import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pagesThatAreRun } from '../documented-commands/page.js'
import { runPage } from '../documented-commands/run-page.js'
import { annaHasSms, annaIsWrittenTo, mailsTo, swipe, within } from './customer.js'
import { isIndexed, logsFound } from './log-index.js'
import { composeProblem, ComposeProject, type Container, linesOf } from './project.js'

const problem = await composeProblem()
if (problem !== undefined) console.log(`test:compose is skipped: ${problem}`)

const services = ['transactions-api', 'fraud-service', 'notifier', 'twilio'] as const
const etl = ['etl-extract', 'etl-load', 'etl-transform'] as const
const logs = ['log-detect', 'log-index', 'log-ship'] as const
const own = [...services, ...etl, ...logs]
const running = [...own, 'elasticsearch', 'kafka', 'mailbox', 'mysql', 'postgres', 'registry'].toSorted()
const oneShots = ['bank', 'databases', 'init', 'rules', 'secrets', 'seed']

describe.skipIf(problem !== undefined)('docker compose up --wait', () => {
  let project: ComposeProject
  let apiKey: string
  let healthyAfterMs: number
  let volumesBefore: string[]

  beforeAll(async () => {
    project = await ComposeProject.create()
    volumesBefore = linesOf(await project.docker('volume', 'ls', '--quiet'))
    await project.compose('build')
    const started = performance.now()
    await project.up()
    healthyAfterMs = performance.now() - started
    apiKey = await project.compose('run', '--rm', '-T', 'secrets', 'api-key')
  })
  afterAll(async () => {
    await project?.compose('--profile', '*', 'down', '--volumes')
  })

  const healthy = (one: Container): boolean => one.State === 'running' && one.Health === 'healthy'

  it('has every server and service healthy, and every one-shot done', async () => {
    const containers = await project.containers()
    expect(containers.filter(healthy).map(({ Service }) => Service).toSorted()).toEqual(running)
    const done = containers.filter(({ State, ExitCode }) => State === 'exited' && ExitCode === 0)
    expect(done.map(({ Service }) => Service).toSorted()).toEqual(oneShots)
  })

  it('lets run what runs when it is brought up once more', async () => {
    const since = async (): Promise<string> => {
      const names = (await project.containers()).filter(healthy).map(({ Name }) => Name)
      return project.docker('inspect', '--format', '{{.Name}} {{.Id}} {{.State.StartedAt}}', ...names.toSorted())
    }
    const before = await since()
    await project.up()
    expect(await since()).toBe(before)
  })

  it('takes a swipe from a client, and the customer has an e-mail and an SMS', async () => {
    // A large amount, and the card's first bet.
    const answer = await swipe(project, apiKey, 'Harbour Kiosk', { merchant_category: '7995' })
    expect(answer.status).toBe(202)
    expect(answer.headers.get('location')).toMatch(/^\/v1\/transactions\//)

    // Anna's bank knows that she reads German.
    expect(await annaIsWrittenTo(project, 'Harbour Kiosk')).toContain('8.999,00 EUR')
    expect(await annaHasSms(project, 'Harbour Kiosk')).toMatch(/8\.999,00 EUR bei Harbour.*abgelehnt.*NEIN/)
    const read = await fetch(`${project.urls.api}${answer.headers.get('location')}`, { headers: { authorization: `Bearer ${apiKey}` } })
    expect(await read.json()).toMatchObject({ status: 'declined', card_last4: '1111' })
  })

  it('has the line of a request in the index of logs, once, without what is secret', async () => {
    const id = randomUUID()
    const { headers } = await swipe(project, apiKey, 'Log Kiosk', {}, id)
    const found = await isIndexed(project, id, 202)
    expect(found).toMatchObject([{ service: { name: 'transactions-api' }, url: { path: '/v1/transactions' }, http: { request: { method: 'POST' } } }])
    expect(JSON.stringify(found)).not.toContain(apiKey)
    await fetch(`${project.urls.api}${headers.get('location')}?card=4111111111111111`, { headers: { authorization: `Bearer ${apiKey}`, 'x-request-id': `read-${id}` } })
    const read = JSON.stringify(await isIndexed(project, `read-${id}`, 200))
    expect([read.includes('[card]'), read.includes('4111111111111111')]).toEqual([true, false])
  })

  it('lets nobody in without the key it has made', async () => {
    expect((await swipe(project, 'compose_guess', 'Nobody')).status).toBe(401)
  })

  it('lets a client with the key of the rules read and change them', async () => {
    const headers = { authorization: `Bearer ${await project.compose('run', '--rm', '-T', 'secrets', 'rules-api-key')}` }
    const rules = await fetch(`${project.urls.rules}/v1/rules`, { headers })
    expect(await rules.json()).toMatchObject({ rules: expect.arrayContaining([expect.objectContaining({ rule_id: 'large_amount', version: 1 })]) })
    const put = await fetch(`${project.urls.rules}/v1/rules/velocity/promote`, { method: 'POST', headers })
    expect([put.status, await put.json()]).toMatchObject([409, { code: 'FRAUD_RULE_NOT_PROMOTABLE' }])
    expect((await fetch(`${project.urls.rules}/v1/rules`, { headers: { authorization: `Bearer ${apiKey}`, 'x-request-id': 'not-its-key' } })).status).toBe(401)
    expect(await isIndexed(project, 'not-its-key', 401)).toMatchObject([{ service: { name: 'fraud-service' } }])
  })

  it('takes what an analyst found out about a transaction', async () => {
    const { headers } = await swipe(project, apiKey, 'Quay Kiosk')
    const answer = await fetch(`${project.urls.api}${headers.get('location')}/feedback`, {
      method: 'POST', headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' }, body: JSON.stringify({ verdict: 'legitimate' }),
    })
    expect(answer.status).toBe(202)
  })

  it('plays the story as told', async () => {
    expect(await project.compose('run', '--rm', '--no-deps', '-T', 'demo')).toContain('The story')
  })

  it('does what the pages say, by the commands that are run there with npm start as well', async () => {
    for (const page of pagesThatAreRun()) await runPage(page, 'docker compose', project.env)
    // Who asks the warehouse, as the tutorial does last, has stopped it.
    await project.compose('start', 'etl-load')
  })

  /** A statement in the bank's database, as one of its roles. */
  const inBank = (role: string, statement: string) =>
    project.compose('exec', '-T', 'mysql', 'sh', '-c', `MYSQL_PWD=$(cat /run/secrets/mysql/${role}) mysql --host=127.0.0.1 --user=${role} --batch --skip-column-names bank --execute "${statement}"`)

  it('writes to the new address of a customer whom the bank has changed in MySQL', async () => {
    await inBank('core', "UPDATE customers SET email = ' anna.moved@EXAMPLE.net ' WHERE customer_id = 'story-anna'")
    let swipes = 0
    await within(120_000, 'an e-mail goes to the new address', async () => {
      await swipe(project, apiKey, `Moving ${++swipes}`)
      return (await mailsTo(project, 'anna.moved@example.net')).length > 0 ? true : undefined
    })
  })

  it('lets extract read the bank, and nothing else', async () => {
    expect(await inBank('extract', 'SELECT COUNT(*) > 0 FROM cards')).toBe('1')
    await expect(inBank('extract', "UPDATE customers SET email = NULL")).rejects.toThrow(/denied/)
    await expect(inBank('core', 'DROP TABLE customers')).rejects.toThrow(/denied/)
  })

  it('has what was decided in the warehouse, and customers as the bank has them', async () => {
    const command = async (...args: string[]): Promise<Record<string, unknown>> => {
      const said = await project.compose('run', '--rm', '--no-deps', '-T', 'etl-load', 'node', 'apps/etl-loader/dist/cli/etl.js', ...args, '--json')
      return JSON.parse(said.split('\n').at(-1) ?? '') as Record<string, unknown>
    }
    // One process at a time has the file.
    await project.compose('stop', 'etl-load')
    await command('load', '--once')
    const { rows } = (await command('answers', 'outcomes_by_day')) as { rows: { decisions: number }[] }
    // The story alone has eleven.
    expect(rows.reduce((sum, { decisions }) => sum + decisions, 0)).toBeGreaterThanOrEqual(13)
    expect(((await command('answers', 'stopped_customers')) as { rows: unknown[] }).rows.length).toBeGreaterThan(0)
    await project.compose('start', 'etl-load')
  })

  /** Why containers ended that nobody has ended: one a line. */
  const endedByThemselves = async (): Promise<string[]> => {
    const names = (await project.containers()).filter(({ State }) => State === 'running').map(({ Name }) => Name)
    const states = linesOf(await project.docker('inspect', '--format', '{{.Name}}: for want of memory {{.State.OOMKilled}}, started again {{.RestartCount}}', ...names))
    return states.filter((line) => !line.endsWith('false, started again 0'))
  }

  it('has memory enough: nothing was started again', async () => {
    expect(await endedByThemselves()).toEqual([])
  })

  it.each(running)('goes on after a restart of %s: what was there is there, and a new swipe is told', async (service) => {
    await project.compose('restart', service)
    // Not waited for: the swipe comes while the service starts.
    const id = randomUUID()
    expect((await swipe(project, apiKey, `After ${service}`, {}, id)).status).toBe(202)
    await annaIsWrittenTo(project, `After ${service}`)
    await annaIsWrittenTo(project, 'Harbour Kiosk')
    expect(await isIndexed(project, id, 202)).toHaveLength(1)
    await within(120_000, 'everything is healthy again', async () => ((await project.containers()).filter(healthy).length === running.length ? true : undefined))
  })

  it('keeps taking swipes of traffic, in profile load, until it is stopped', async () => {
    await project.up({ services: ['load'] })
    const since = new Date().toISOString()
    const swipes = { bool: { filter: [{ term: { 'url.path': '/v1/transactions' } }, { range: { '@timestamp': { gte: since } } }] } }
    await within(120_000, 'swipes of traffic are in the index', async () => ((await logsFound(project, swipes)).length > 20 ? true : undefined))
    await project.compose('stop', 'load')
    expect(await project.compose('logs', '--no-log-prefix', 'load')).toMatch(/[1-9]\d* swipes were accepted, 0 failed/)
    await project.compose('rm', '--force', 'load')
    expect((await endedByThemselves()).filter((line) => line.includes('memory true'))).toEqual([])
  })

  it('starts again with the same secrets and data after down and up', async () => {
    await project.compose('down')
    await project.up()
    expect((await swipe(project, apiKey, 'After down and up')).status).toBe(202)
    await annaIsWrittenTo(project, 'After down and up')
    await annaIsWrittenTo(project, 'Harbour Kiosk')
  })

  it('runs its own programs as a user without rights, on a file system they cannot write to', async () => {
    for (const service of own) {
      expect(await project.compose('exec', '-T', service, 'id', '-un'), service).toBe('node')
      await expect(project.compose('exec', '-T', service, 'touch', '/app/x'), service).rejects.toThrow('Read-only file system')
    }
  })

  it('gives a service no database but its own', async () => {
    const select = (database: string) =>
      project.compose('exec', '-T', 'postgres', 'sh', '-c', `PGPASSWORD=$(cat /run/secrets/postgres/notifier) psql -h postgres -U notifier -d ${database} -Atc 'SELECT 1'`)
    expect(await select('notifier')).toBe('1')
    await expect(select('transactions_api')).rejects.toThrow('permission denied for database')
  })

  it.each(['elk', 'logstash', 'load', 'connect', '*'])('is a valid file with profile %s', async (profile) => {
    await project.compose('--profile', profile, 'config', '--quiet')
  })

  it('leaves nothing after down --volumes', async () => {
    console.log(await figures())
    await project.compose('--profile', '*', 'down', '--volumes')
    expect(await project.remains()).toEqual([])
    // Nor volumes without a name, of this start or the one before.
    expect(linesOf(await project.docker('volume', 'ls', '--quiet')).filter((name) => !volumesBefore.includes(name))).toEqual([])
  })

  /** For docs: time, memory, size. */
  async function figures(): Promise<string> {
    const containers = (await project.containers()).filter(({ State }) => State === 'running')
    const memory = await project.docker('stats', '--no-stream', '--format', '{{.Name}} {{.MemUsage}}', ...containers.map(({ Name }) => Name))
    const images = await project.docker('images', '--format', '{{.Repository}}:{{.Tag}} {{.Size}}', '--filter', 'reference=swipestream-*')
    return `healthy after ${(healthyAfterMs / 1_000).toFixed(1)} s\n${memory}\n${images}`
  }
})
