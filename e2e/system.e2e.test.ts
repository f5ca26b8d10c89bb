import { randomBytes } from 'node:crypto'
import { startSystem, type System } from '@swipestream/demo'
import { mariadbRunsHere, startStack, type Stack } from '@swipestream/stack'
import { afterAll, beforeAll, describe } from 'vitest'
import { casesOf, restartsOf } from './system/cases.js'
import { localSystem, seed } from './system/local-system.js'
import type { RunningSystem } from './system/running-system.js'

const hasMysql = Boolean(process.env['MYSQL_URL']) || mariadbRunsHere
/** Servers are this test's own then, and are restarted as well. */
const restarting = process.env['EVERY_VARIANT'] === 'true'
const parts = [
  'elasticsearch', 'etl-extract', 'etl-load', 'etl-transform', 'fraud-service', 'kafka', 'log-detect', 'log-index', 'log-ship',
  'mailbox', 'mariadb', 'notifier', 'postgres', 'registry', 'transactions-api', 'twilio',
]

const namespace = `system${randomBytes(4).toString('hex')}.`

/** What e2e/compose/system.compose.test.ts does with docker compose. */
describe.skipIf(!hasMysql)('the local stack', () => {
  let search: Stack
  let system: System
  let running: RunningSystem

  beforeAll(async () => {
    search = await startStack({ servers: ['elasticsearch'] })
    // Mailbox and SMS are this test's own, for it looks at what is in them.
    const { SMTP_URL: _, MAILBOX_URL: __, TWILIO_API_URL: ___, TWILIO_ACCOUNT_SID: ____, ...shared } = process.env
    const { KAFKA_BROKERS: _____, SCHEMA_REGISTRY_URL: ______, POSTGRES_URL: _______, MYSQL_URL: ________, ...own } = shared
    const environment = { ...(restarting ? own : shared), ELASTICSEARCH_URL: search.env['ELASTICSEARCH_URL'], DIGEST_AFTER: '1000' }
    system = await startSystem({ environment, namespace, onProgress: () => undefined, etl: true, logs: true })
    await seed(system)
    await system.etl?.services.load.start()
    running = localSystem({ system, namespace, search })
  }, 300_000)
  afterAll(async () => {
    await system?.stop()
    await search?.stop()
  })

  casesOf(() => running)
  if (restarting) restartsOf(() => running, parts)
})
