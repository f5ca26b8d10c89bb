import { deadLetterTopic, type Service, services, sourceTables, topics } from '@swipestream/contracts'
import type { Acl } from '../../kafka/ports.js'

/** What the grants are for. */
export interface GrantsFor {
  /** KAFKA_NAMESPACE: users have it before their names, as topics and groups do. */
  readonly namespace: string
  /** What the topics of the bank's tables begin with: `<ETL_SOURCE_NAME>.<database>`. */
  readonly source: string
}

/** For the commands, and for what makes topics and puts rules at the start. It may not change what users are allowed. */
export const toolsUser = 'tools'

/** Apicurio's, whose state is in topics of its own; they are in no namespace, as several systems can share a registry. */
export const registryUser = 'registry'

/** Every user that `grantsOf` allows something, without the namespace. */
export const users: readonly string[] = [...services.map(({ name }) => name), toolsUser, registryUser]

/** Transactional ids of the commands: `dlq redrive`, `etl extract` and `etl run`, `etl forget`, `etl quarantine`, `rules put`. Each begins so. */
const toolsTransactions = ['dlq-', 'etl-extract-', 'etl-forget', 'etl-quarantine', 'fraud-service-rules']

type Allow = (operation: Acl['operation'], resource: Acl['resource'], name: string, pattern?: Acl['pattern']) => void

/**
 * What each service may do on the cluster, and nothing more: made of what it reads and writes
 * (libs/contracts/src/docs/flows.ts).
 *
 * DESCRIBE is in READ and WRITE; and to write idempotently needs, since Kafka 2.8, no more than WRITE on some topic
 * (KIP-679), so nobody is granted anything on the cluster itself. Who consumes a topic also writes its dead letters.
 */
export function grantsOf({ namespace, source }: GrantsFor): Acl[] {
  const tables = `${source}.`
  const grantsTo = (user: string, grant: (allow: Allow) => void): Acl[] => {
    const granted = new Map<string, Acl>()
    grant((operation, resource, name, pattern = 'LITERAL') => {
      const acl: Acl = { user: namespace + user, resource, name: namespace + name, pattern, operation }
      granted.set(`${operation} ${resource} ${pattern} ${name}`, acl)
    })
    return [...granted.values()]
  }
  return [
    ...services.flatMap((service) => grantsTo(service.name, (allow) => allowService(service, tables, allow))),
    ...grantsTo(toolsUser, (allow) => allowTools(tables, allow)),
    ...registryGrants(namespace + registryUser),
  ]
}

/** Its journal, its snapshots and what it tells of changes; and a group of a new name for each start. */
function registryGrants(user: string): Acl[] {
  return [
    ...(['kafkasql-', 'registry-events'] as const).flatMap((name) =>
      (['CREATE', 'READ', 'WRITE', 'DESCRIBE_CONFIGS'] as const).map((operation): Acl => ({ user, resource: 'TOPIC', name, pattern: 'PREFIXED', operation })),
    ),
    { user, resource: 'GROUP', name: 'apicurio-', pattern: 'PREFIXED', operation: 'READ' },
  ]
}

function allowService({ consumes, follows, writes, group, transactions, outbox, sourceTables: role }: Service, tables: string, allow: Allow): void {
  for (const { name } of [...consumes, ...follows, ...(outbox ? writes : [])]) allow('READ', 'TOPIC', name)
  for (const { name } of writes) allow('WRITE', 'TOPIC', name)
  for (const { name } of consumes) allow('WRITE', 'TOPIC', deadLetterTopic(name))
  if (role === 'writes') for (const operation of ['CREATE', 'READ', 'WRITE'] as const) allow(operation, 'TOPIC', tables, 'PREFIXED')
  if (role === 'reads' && group === undefined) allow('READ', 'TOPIC', tables, 'PREFIXED')
  if (role === 'reads' && group !== undefined) {
    for (const table of sourceTables.consumed) {
      allow('READ', 'TOPIC', tables + table)
      // Debezium makes no dead-letter topics, so whoever writes there does.
      for (const operation of ['CREATE', 'WRITE'] as const) allow(operation, 'TOPIC', deadLetterTopic(tables + table))
    }
  }
  if (group !== undefined) allow('READ', 'GROUP', group)
  if (transactions !== undefined) allow('WRITE', 'TRANSACTIONAL_ID', transactions, 'PREFIXED')
}

function allowTools(tables: string, allow: Allow): void {
  for (const { name } of topics) {
    for (const operation of ['CREATE', 'READ', 'WRITE'] as const) {
      allow(operation, 'TOPIC', name)
      allow(operation, 'TOPIC', deadLetterTopic(name))
    }
  }
  for (const operation of ['CREATE', 'READ', 'WRITE'] as const) allow(operation, 'TOPIC', tables, 'PREFIXED')
  for (const id of toolsTransactions) allow('WRITE', 'TRANSACTIONAL_ID', id, 'PREFIXED')
}
