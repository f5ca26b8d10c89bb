import { services, topics } from '@swipestream/contracts'
import { describe, expect, test } from 'vitest'
import type { Acl } from '../../kafka/ports.js'
import { grantsOf, registryUser, toolsUser, users } from './grants.js'

const acls = grantsOf({ namespace: '', source: 'bank.core' })

function of(user: string): string[] {
  return acls.filter((acl) => acl.user === user).map(({ operation, resource, pattern, name }) => `${operation} ${resource} ${name}${pattern === 'PREFIXED' ? '*' : ''}`).sort()
}

/** Topics of the system itself that a user may read, or write. */
function topicsOf(user: string, operation: 'READ' | 'WRITE'): string[] {
  return acls.filter((acl) => acl.user === user && acl.operation === operation && topics.some(({ name }) => name === acl.name)).map(({ name }) => name).sort()
}

const names = (list: readonly { readonly name: string }[]) => [...new Set(list.map(({ name }) => name))].sort()

describe('what a service is granted', () => {
  test('of the notifier, in full', () => {
    expect(of('notifier')).toEqual([
      'READ GROUP notifier',
      'READ TOPIC cards', 'READ TOPIC customers', 'READ TOPIC fraud_alerts', 'READ TOPIC fraud_feedback', 'READ TOPIC notifications', 'READ TOPIC ops_alerts',
      'WRITE TOPIC cards.dlq', 'WRITE TOPIC customers.dlq', 'WRITE TOPIC fraud_alerts.dlq', 'WRITE TOPIC fraud_feedback', 'WRITE TOPIC notifications', 'WRITE TOPIC ops_alerts', 'WRITE TOPIC ops_alerts.dlq',
    ])
  })

  test('of who ships logs: to write one topic', () => {
    expect(of('log-shipper')).toEqual(['WRITE TOPIC server_logs'])
  })

  test.each(services)('$name writes what it writes, and reads no more than it reads', ({ name, consumes, follows, writes, outbox }) => {
    expect(topicsOf(name, 'WRITE')).toEqual(names(writes))
    expect(topicsOf(name, 'READ')).toEqual(names([...consumes, ...follows, ...(outbox ? writes : [])]))
  })

  test('nobody but the tools makes topics of the system, and nobody has anything on the cluster', () => {
    expect(acls.filter(({ operation, user }) => operation === 'CREATE' && user !== toolsUser && user !== registryUser).map(({ user, name }) => `${user} ${name}`).sort()).toEqual([
      'etl-extract bank.core.', 'etl-transform bank.core.cards.dlq', 'etl-transform bank.core.customers.dlq', 'etl-transform bank.core.merchants.dlq',
    ])
    expect(acls.filter(({ resource }) => resource === 'CLUSTER')).toEqual([])
    expect(new Set(acls.map(({ operation }) => operation))).toEqual(new Set(['READ', 'WRITE', 'CREATE', 'DESCRIBE_CONFIGS']))
  })

  test('the tools write in the transactions of every command, and of no consumer', () => {
    expect(of(toolsUser).filter((acl) => acl.includes('TRANSACTIONAL_ID'))).toEqual(['dlq-', 'etl-extract-', 'etl-forget', 'etl-quarantine', 'fraud-service-rules'].map((id) => `WRITE TRANSACTIONAL_ID ${id}*`))
  })

  test('the tables of the bank are written by who extracts them; who transforms them writes their dead letters only', () => {
    const tables = (user: string) => of(user).filter((acl) => acl.includes('bank.core'))
    expect(tables('etl-extract')).toEqual(['CREATE TOPIC bank.core.*', 'READ TOPIC bank.core.*', 'WRITE TOPIC bank.core.*'])
    expect(tables('etl-load')).toEqual(['READ TOPIC bank.core.*'])
    expect(tables('etl-transform').filter((acl) => !acl.includes('.dlq'))).toEqual(['READ TOPIC bank.core.cards', 'READ TOPIC bank.core.customers', 'READ TOPIC bank.core.merchants'])
  })

  test('a user has no more than one of each grant, and every user is named', () => {
    expect(new Set(acls.map((acl) => JSON.stringify(acl))).size).toBe(acls.length)
    expect([...new Set(acls.map(({ user }) => user))].sort()).toEqual([...users].sort())
  })

  test('a namespace stands before users, topics, groups and transactional ids; the topics of the registry, which may be shared, have none', () => {
    const spaced = grantsOf({ namespace: 'blue.', source: 'bank.core' })
    const named = (acl: Acl) => (acl.user === registryUser ? acl.name : `blue.${acl.name}`)
    expect(spaced).toEqual(acls.map((acl) => ({ ...acl, user: `blue.${acl.user}`, name: named(acl) })))
  })
})
