import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import * as contracts from '../libs/contracts/src/index.js'
import { bankTables } from '../apps/etl-loader/src/domain/bank/source-rows.js'
import { services, sourceTables } from '../libs/contracts/src/docs/flows.js'

const root = join(import.meta.dirname, '..')

/** Where the code of each service is that says what it reads and writes: its wiring, its consumers, what it reads beside them. */
const sources: Readonly<Record<string, readonly string[]>> = {
  'transactions-api': ['apps/transactions-api/src/{app.module.ts,consumers/*.ts,app/**/*.ts}'],
  'fraud-service': ['apps/fraud-service/src/{app.module.ts,rules.module.ts,consumers/*.ts,app/*.ts}'],
  'notifier': ['apps/notifier/src/{app.module.ts,consumers/*.ts,app/**/*.ts}'],
  'etl-extract': ['apps/etl-loader/src/cli/extract.ts', 'apps/etl-loader/src/app/extract/*.ts', 'apps/etl-loader/src/app/stopped-tables.ts'],
  'etl-transform': ['apps/etl-loader/src/{app.module.ts,transform.module.ts,consumers/*.ts}', 'apps/etl-loader/src/app/!(stopped-tables).ts'],
  'etl-load': ['apps/etl-loader/src/app/{load,reconcile}/*.ts'],
  'log-shipper': ['apps/log-shipper/src/topic/kafka-log-topic.ts'],
  'log-indexer': ['apps/log-shipper/src/{index.module.ts,consumers/{server-logs,indexed-alerts}.consumer.ts,app/index/*.ts}'],
  'log-detector': ['apps/log-shipper/src/{detect.module.ts,consumers/watched-logs.consumer.ts,app/detect/*.ts,topic/kafka-told-alerts.ts}'],
}

/** What commands read and write, which are no services: they are told on their own pages. */
const commands = ['forget-customer.ts', 'quarantine.ts', 'reconcile/table-status.ts', 'run-tables.ts', 'backtest'].map((name) => new RegExp(`/app/${name}`))

const topicNames = new Map(Object.entries(contracts).flatMap(([name, value]) => (contracts.topics.includes(value as contracts.Topic<unknown>) ? [[name, (value as contracts.Topic<unknown>).name] as const] : [])))

/** Names of the topics that stand in what a pattern finds. */
function found(code: string, pattern: RegExp): string[] {
  return [...code.matchAll(pattern)].flatMap(([, list = '']) => [...list.matchAll(/\w+/g)].flatMap(([word]) => topicNames.get(word) ?? []))
}

function codeOf(service: string): string {
  const files = (sources[service] ?? []).flatMap((pattern) => globSync(pattern, { cwd: root })).filter((file) => !/\.(test|fixture)\.ts$/.test(file) && !commands.some((command) => command.test(file)))
  return files.map((file) => readFileSync(join(root, file), 'utf8').replaceAll(/^import [^]*? from '.*'$/gm, '')).join('\n')
}

/** What the code says, in the words of `services`. */
function flowsOf(service: string) {
  const code = codeOf(service)
  const state = found(code, /\bstate: \{([^}]*)\}/g)
  // The shipper encodes and sends by itself: it must be faster than what others need.
  const shipped = service === 'log-shipper' ? found(code, /subjectOf\((\w+)/g) : []
  return {
    consumes: found(code, /@Consume\((\w+)/g),
    follows: [...state, ...found(code, /\btables: [[{]([^\]}]*)[\]}]/g), ...found(code, /\.(?:held|tail)\((\w+)/g), ...found(code, /businessTopics: [^=]*= \[([^\]]*)\]/g)],
    writes: [...found(code, /\bproduces(?::| =)([^[\n]*\[[^\]]*\][^\n]*)/g), ...state, ...shipped],
    sent: found(code, /\b(\w+)\.(?:event|tombstone)\(/g),
  }
}

const names = (list: Iterable<string>): string[] => [...new Set(list)].sort()

describe.each(services)('$name', ({ name, app, consumes, follows, writes, sourceTables: role, group, transactions, outbox }) => {
  const said = flowsOf(name)
  const of = (topics: readonly { readonly name: string }[]) => names(topics.map((topic) => topic.name))

  it('consumes, follows and writes what libs/contracts/src/docs/flows.ts says', () => {
    expect({ consumes: of(consumes), follows: of(follows), writes: of(writes) }).toEqual({ consumes: names(said.consumes), follows: names(said.follows), writes: names(said.writes) })
  })

  it('makes events of no topic that it does not say it writes', () => {
    expect(said.sent.filter((topic) => !of(writes).includes(topic))).toEqual([])
  })

  it('reads and writes topics of source tables as it says', () => {
    const code = codeOf(name)
    const reads = code.includes('sourceRowsConsumer(') || code.includes('businessTopics')
    expect(role).toBe(reads ? 'reads' : code.includes('class TableTopic') ? 'writes' : undefined)
  })

  it('is a consumer group as it says, writes in transactions of the ids it says, and by an outbox where it says so', () => {
    const code = codeOf(name)
    const [, literal, constant = ''] = /MessagingModule\.forRoot\(\{ service(?:: (?:'([\w-]+)'|(\w+)))?/.exec(code) ?? []
    const named = literal ?? new RegExp(`const ${constant || 'service'} = '([\\w-]+)'`).exec(code)?.[1]
    expect(group).toBe(code.includes('@Consume(') || code.includes('MessagingModule.forRoot(') ? named : undefined)
    const ids = [...(code.includes('exactlyOnce: true') ? [`${group}-`] : []), ...[...code.matchAll(/(?:transactionalProducer\(`\$\{config\.KAFKA_NAMESPACE\}|transactionalId = ')([\w-]+)/g)].map(([, id = '']) => id)]
    expect(transactions === undefined ? ids : ids.filter((id) => !id.startsWith(transactions))).toEqual([])
    expect(ids.length > 0).toBe(transactions !== undefined)
    expect(outbox).toBe(/outbox: \{/.test(code) ? true : undefined)
  })

  it('is of an app that is there', () => {
    expect(globSync(`apps/${app}/package.json`, { cwd: root })).toHaveLength(1)
  })
})

describe('libs/contracts/src/docs/flows.ts', () => {
  it('forgets no consumer, and nobody who says what is produced', () => {
    const everywhere = globSync('apps/*/src/**/*.ts', { cwd: root }).filter((file) => !/\.(test|fixture)\.ts$/.test(file) && !file.includes('/cli/') && !commands.some((command) => command.test(file)))
    const telling = everywhere.filter((file) => /@Consume\(|\bproduces(?::| =)[^[\n]*\[|\.held\(/.test(readFileSync(join(root, file), 'utf8')))
    const known = Object.values(sources).flat().flatMap((pattern) => globSync(pattern, { cwd: root }))
    expect(telling.length).toBeGreaterThan(15)
    expect(telling.filter((file) => !known.includes(file) && !file.endsWith('etl-loader/src/app.module.ts'))).toEqual([])
  })

  it('names the source tables that a consumer group reads', () => {
    expect(sourceTables.consumed).toEqual(bankTables)
  })

  it('has every topic written by a service, and read by one', () => {
    const untouched = (side: (service: (typeof services)[number]) => readonly { readonly name: string }[]) =>
      contracts.topics.map(({ name }) => name).filter((name) => !services.some((service) => side(service).some((topic) => topic.name === name)))
    expect(untouched(({ writes }) => writes)).toEqual([])
    expect(untouched(({ consumes, follows }) => [...consumes, ...follows])).toEqual([])
  })
})
