import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Play, type System, testCardHolders } from '@swipestream/demo'
import type { AnyServerName, Stack } from '@swipestream/stack'
import mysql from 'mysql2/promise'
import type { LogDocument, RunningSystem } from './running-system.js'

const program = fileURLToPath(new URL('../../demo/dist/running-system/main.js', import.meta.url))

/** Makes four customers known whose card numbers are published, as the one-shot `seed` of docker compose does. */
export async function seed(system: System): Promise<void> {
  const { customers, cards } = testCardHolders(Date.now(), system.secrets.tokenOf)
  await new Play(system).seed(customers, cards)
}

export interface LocalParts {
  readonly system: System
  readonly namespace: string
  /** Where Elasticsearch runs. */
  readonly search: Stack
}

/** Services on the local stack as a running system. */
export function localSystem({ system, namespace, search }: LocalParts): RunningSystem {
  const { services, secrets, etl, logs, mail, sms, stack } = system
  if (!etl || !logs || !mail || !sms) throw new Error('the system must have all three pipelines, and a mailbox and SMS of its own')
  const all = [...Object.values(services), ...Object.values(etl.services), ...Object.values(logs.services)]
  const mailsOf = async (query = ''): Promise<{ subject: string; text: string }[]> => json(`${mail.url}/api/email${query}`)
  return {
    urls: { api: services['transactions-api'].url, rules: services['fraud-service'].url, sms: sms.url },
    keys: { api: secrets.apiKey, rules: secrets.rulesApiKey },
    async mails(which) {
      const found = 'to' in which ? await mailsOf(`?to.address=${which.to}`) : (await mailsOf()).filter(({ text }) => text.includes(which.merchant))
      return found.map(({ subject }) => subject)
    },
    async logs(query) {
      const url = search.env['ELASTICSEARCH_URL']
      await json(`${url}/logs-*/_refresh`, { method: 'POST' })
      const { hits } = await json<{ hits: { hits: { _source: LogDocument }[] } }>(`${url}/logs-*/_search?size=100`, {
        method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query }),
      })
      return hits.hits.map(({ _source }) => _source)
    },
    async story() {
      const environment = {
        KAFKA_BROKERS: stack.env['KAFKA_BROKERS'], KAFKA_NAMESPACE: namespace, SCHEMA_REGISTRY_URL: stack.env['SCHEMA_REGISTRY_URL'],
        API_URL: services['transactions-api'].url, API_KEY: secrets.apiKey, CARD_TOKEN_KEYS: secrets.cardTokenKeys, BANK_URL: etl.bank.url,
        TWILIO_API_URL: sms.url, TWILIO_ACCOUNT_SID: sms.account, TWILIO_AUTH_TOKEN: sms.token,
        API_PAGE: services['transactions-api'].url, MAILBOX_PAGE: mail.url, SMS_PAGE: sms.url,
      }
      const { stdout } = await promisify(execFile)(process.execPath, ['--enable-source-maps', program, 'story'], { env: { ...process.env, ...environment } })
      return stdout
    },
    async atBank(statement) {
      const bank = await mysql.createConnection({ uri: etl.bank.url })
      try {
        await bank.query(statement)
      } finally {
        await bank.end()
      }
    },
    async answers(...questions) {
      const answered = await etl.answers(...questions)
      await etl.services.load.start()
      return answered
    },
    async restart(name) {
      const service = all.find((one) => one.name === name)
      if (!service) return (name === 'elasticsearch' ? search : stack).restart(name as AnyServerName)
      await service.stop()
      await service.start()
    },
    async healthy() {
      for (const service of all) await service.ready()
    },
  }
}

async function json<T>(url: string, init: RequestInit = {}): Promise<T> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(10_000) })
  if (!response.ok) throw new Error(`${init.method ?? 'GET'} ${url}: ${response.status} ${await response.text()}`)
  return (await response.json()) as T
}
