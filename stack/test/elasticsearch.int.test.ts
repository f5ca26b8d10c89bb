import { expect, it, onTestFinished } from 'vitest'
import { startStack } from '../src/index.js'

it('gives an Elasticsearch that keeps what it has answered for, also over a kill', async () => {
  const stack = await startStack({ servers: ['elasticsearch'] })
  onTestFinished(() => stack.stop())
  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${stack.env['ELASTICSEARCH_URL']}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    return response.json()
  }
  await ask('PUT', '/_index_template/kept', { index_patterns: ['kept-*'], data_stream: {}, priority: 900 })
  expect(await ask('PUT', '/kept-one/_create/1', { '@timestamp': '2026-02-03T04:05:06Z', message: 'x' })).toMatchObject({ result: 'created' })
  await stack.kill('elasticsearch')
  await stack.start('elasticsearch')
  await ask('POST', '/kept-one/_refresh')
  expect(await ask('GET', '/kept-one/_search')).toMatchObject({ hits: { total: { value: 1 } } })
})
