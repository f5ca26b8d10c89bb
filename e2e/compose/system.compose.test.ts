import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pagesThatAreRun } from '../documented-commands/page.js'
import { runPage } from '../documented-commands/run-page.js'
import { casesOf, restartsOf } from '../system/cases.js'
import { annaIsWrittenTo, swipe } from '../system/customer.js'
import type { RunningSystem } from '../system/running-system.js'
import { within } from '../system/within.js'
import { composedSystem, inBank } from './composed-system.js'
import { composeProblem, ComposeProject, isHealthy, linesOf } from './project.js'

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
  let system: RunningSystem
  let healthyAfterMs: number
  let volumesBefore: string[]

  beforeAll(async () => {
    project = await ComposeProject.create()
    volumesBefore = linesOf(await project.docker('volume', 'ls', '--quiet'))
    await project.compose('build')
    const started = performance.now()
    await project.up()
    healthyAfterMs = performance.now() - started
    system = await composedSystem(project)
  })
  afterAll(async () => {
    await project?.compose('--profile', '*', 'down', '--volumes')
  })

  it('has every server and service healthy, and every one-shot done', async () => {
    const containers = await project.containers()
    expect(containers.filter(isHealthy).map(({ Service }) => Service).toSorted()).toEqual(running)
    const done = containers.filter(({ State, ExitCode }) => State === 'exited' && ExitCode === 0)
    expect(done.map(({ Service }) => Service).toSorted()).toEqual(oneShots)
  })

  it('lets run what runs when it is brought up once more', async () => {
    const since = async (): Promise<string> => {
      const names = (await project.containers()).filter(isHealthy).map(({ Name }) => Name)
      return project.docker('inspect', '--format', '{{.Name}} {{.Id}} {{.State.StartedAt}}', ...names.toSorted())
    }
    const before = await since()
    await project.up()
    expect(await since()).toBe(before)
  })

  casesOf(() => system)

  it('does what the pages say, by the commands that are run there with npm start as well', async () => {
    for (const page of pagesThatAreRun()) await runPage(page, 'docker compose', project.env)
    // Who asks the warehouse, as the tutorial does last, has stopped it.
    await project.compose('start', 'etl-load')
  })

  it('lets extract read the bank, and nothing else', async () => {
    expect(await inBank(project, 'extract', 'SELECT COUNT(*) > 0 FROM cards')).toBe('1')
    await expect(inBank(project, 'extract', "UPDATE customers SET email = NULL")).rejects.toThrow(/denied/)
    await expect(inBank(project, 'core', 'DROP TABLE customers')).rejects.toThrow(/denied/)
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

  restartsOf(() => system, running)

  it('keeps taking swipes of traffic, in profile load, until it is stopped', async () => {
    await project.up('load')
    const since = new Date().toISOString()
    const swipes = { bool: { filter: [{ term: { 'url.path': '/v1/transactions' } }, { range: { '@timestamp': { gte: since } } }] } }
    await within(120_000, 'swipes of traffic are in the index', async () => ((await system.logs(swipes)).length > 20 ? true : undefined))
    await project.compose('stop', 'load')
    expect(await project.compose('logs', '--no-log-prefix', 'load')).toMatch(/[1-9]\d* swipes were accepted, 0 failed/)
    await project.compose('rm', '--force', 'load')
    expect((await endedByThemselves()).filter((line) => line.includes('memory true'))).toEqual([])
  })

  it('starts again with the same secrets and data after down and up', async () => {
    await project.compose('down')
    await project.up()
    expect((await swipe(system, 'After down and up')).status).toBe(202)
    await annaIsWrittenTo(system, 'After down and up')
    await annaIsWrittenTo(system, 'Harbour Kiosk')
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
