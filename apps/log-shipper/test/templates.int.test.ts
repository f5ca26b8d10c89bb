import { type Stack, startStack } from '@swipestream/stack'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run } from '../src/cli/run.js'

let stack: Stack
beforeAll(async () => {
  stack = await startStack({ servers: ['elasticsearch'] })
})
afterAll(() => stack?.stop())

/** Exit code, standard output and standard error of `logs templates`. */
async function templates(env: NodeJS.ProcessEnv, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const lines = { out: [] as string[], err: [] as string[] }
  const code = await run(['templates', ...args], env, { out: (line) => lines.out.push(line), err: (line) => lines.err.push(line) })
  return { code, out: lines.out.join('\n'), err: lines.err.join('\n') }
}

describe('logs templates', () => {
  test('installs what log-indexer would, and may do so again: a document of the namespace then goes to a data stream', async () => {
    const url = String(stack.env['ELASTICSEARCH_URL'])
    const env = { ELASTICSEARCH_URL: url, LOG_INDEX_NAMESPACE: 'templates', LOG_INDEX_REPLICAS: '0' }
    expect(await templates(env)).toMatchObject({ code: 0, out: expect.stringContaining('The templates are installed') })
    const again = await templates(env, '--json')
    expect(JSON.parse(again.out)).toMatchObject({ command: 'templates', broken: [] })
    const answer = await fetch(`${url}/logs-json-templates/_create/1?require_data_stream=true`, {
      method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ '@timestamp': '2026-11-29T12:00:00Z', message: 'x' }),
    })
    expect(answer.status).toBe(201)
  })

  test('says what is missing, or who does not answer', async () => {
    expect(await templates({})).toMatchObject({ code: 2, err: expect.stringContaining('ELASTICSEARCH_URL is missing') })
    expect(await templates({ ELASTICSEARCH_URL: 'http://127.0.0.1:1' })).toMatchObject({ code: 1, err: expect.stringContaining('LOG_INDEX_UNAVAILABLE') })
  })
})
