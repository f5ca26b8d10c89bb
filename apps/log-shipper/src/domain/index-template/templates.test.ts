import { describe, expect, test } from 'vitest'
import { dataStream, dataStreams, isNamespace } from './data-stream.js'
import { fieldPaths, mappings } from './mappings.js'
import { templatesOf } from './templates.js'

const options = { namespace: 'default', replicas: 1, retentionDays: 30, lifecycle: true }

describe('data streams', () => {
  test('are named by data set and namespace', () => {
    expect(dataStream('nginx.access', 'default')).toBe('logs-nginx.access-default')
    expect(dataStreams('prod')).toEqual(['logs-generic-prod', 'logs-nginx.access-prod', 'logs-nginx.error-prod', 'logs-apache.access-prod', 'logs-apache.error-prod', 'logs-json-prod', 'logs-syslog-prod', 'logs-ops_alerts-prod'])
  })

  test.each([['default', true], ['prod_1', true], ['a-b', false], ['A', false], ['', false], ['.x', false], ['a b', false], ['a*', false]])('the namespace %j is one: %s', (namespace, expected) => {
    expect(isNamespace(namespace)).toBe(expected)
  })
})

describe('the templates', () => {
  test('have a lifecycle only where the server has it', () => {
    const settings = (lifecycle: boolean) => JSON.stringify(templatesOf({ ...options, lifecycle }))
    expect(templatesOf(options).policy?.body).toMatchObject({ policy: { phases: { delete: { min_age: '30d' } } } })
    expect(settings(true)).toContain('index.lifecycle.name')
    expect(templatesOf({ ...options, lifecycle: false }).policy).toBeUndefined()
    expect(settings(false)).not.toContain('lifecycle')
  })

  test('match our data streams, before the one that Elasticsearch has for all logs', () => {
    const { index, components } = templatesOf(options)
    expect(index.body).toMatchObject({ index_patterns: dataStreams('default'), data_stream: {}, composed_of: components.map(({ name }) => name), priority: 300 })
  })

  test('take no new field from a document', () => {
    expect(mappings['dynamic']).toBe(false)
    expect(fieldPaths().length).toBeLessThan(200)
    expect(fieldPaths()).toContain('http.response.status_code')
  })
})
