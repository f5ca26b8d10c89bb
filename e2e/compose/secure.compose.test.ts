import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { annaIsWrittenTo, swipe } from '../system/customer.js'
import { composedSystem } from './composed-system.js'
import { composeProblem, ComposeProject } from './project.js'

const problem = await composeProblem()

/** Reads a topic, or registers a schema, as whoever the container's environment says. The last line is what came of it. */
const reading = (topic: string): string => `
  const { kafkaClient, connectionConfig } = await import('/app/libs/messaging/dist/index.js')
  const reader = kafkaClient(connectionConfig(), 'test').reader()
  try { console.log('read', (await reader.bounds('${topic}')).length) } catch (error) { console.log(error.code, error.message) } finally { await reader.close() }`
const registering = `
  const { registryOf, connectionConfig } = await import('/app/libs/messaging/dist/index.js')
  try { console.log('registered', await registryOf(connectionConfig()).register('test-value', { type: 'record', name: 'Test', fields: [] })) } catch (error) { console.log(error.code, error.message) }`

describe.skipIf(problem !== undefined)('docker compose -f docker-compose.yml -f docker-compose.secure.yml up --wait', () => {
  let project: ComposeProject
  /** In a container of a service, with what that one has. */
  const as = async (service: string, code: string) =>
    (await project.compose('run', '--rm', '-T', '--no-deps', service, 'node', '--input-type=module', '--eval', code)).split('\n').at(-1)

  beforeAll(async () => {
    project = await ComposeProject.create('docker-compose.yml', 'docker-compose.secure.yml')
    await project.compose('build')
    await project.up()
  })
  afterAll(async () => {
    await project?.compose('--profile', '*', 'down', '--volumes')
  })

  test('has every server and service healthy, and every one-shot done', async () => {
    const containers = await project.containers()
    expect(containers.filter(({ State, Health }) => State === 'running' && Health !== 'healthy')).toEqual([])
    expect(containers.filter(({ State, ExitCode }) => State !== 'running' && ExitCode !== 0)).toEqual([])
    expect(containers.map(({ Service }) => Service)).toEqual(expect.arrayContaining(['access', 'certificates', 'fraud-service', 'kafka', 'notifier', 'registry']))
  })

  test('takes a swipe, and the customer has an e-mail', async () => {
    const system = await composedSystem(project)
    const answer = await swipe(system, 'Harbour Kiosk', { merchant_category: '7995' })
    expect(answer.status).toBe(202)
    expect(await annaIsWrittenTo(system, 'Harbour Kiosk')).toContain('8.999,00 EUR')
  })

  test('refuses customers to the fraud service, and not to the notifier', async () => {
    expect(await as('fraud-service', reading('customers'))).toMatch(/^KAFKA_REFUSED .*customers.*TOPIC_AUTHORIZATION_FAILED/)
    expect(await as('notifier', reading('customers'))).toBe('read 6')
  })

  test('lets nobody read without a user', async () => {
    const nobody = `for (const name of Object.keys(process.env)) if (/^(KAFKA_(SASL|TLS)|SCHEMA_REGISTRY_(USER|PASS))/.test(name)) delete process.env[name]\n`
    expect(await as('notifier', nobody + reading('customers'))).toMatch(/^KAFKA_(REFUSED|UNAVAILABLE) .*KAFKA_TLS/)
    expect(await as('notifier', nobody + registering)).toMatch(/^REGISTRY_REFUSED/)
  })

  test('lets services read schemas, and the tools register them', async () => {
    expect(await as('notifier', registering)).toMatch(/^REGISTRY_REFUSED/)
    expect(await as('init', registering)).toMatch(/^registered \d+$/)
  })
})
