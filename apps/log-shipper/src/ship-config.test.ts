import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '@swipestream/platform'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { shipConfig, shipOptions } from './ship-config.js'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'config-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const optionsOf = (env: NodeJS.ProcessEnv) => shipOptions(loadConfig(z.object(shipConfig), { LOG_STATE_DIR: '/state', ...env }))

async function withFile(text: string): Promise<ReturnType<typeof shipOptions>> {
  const path = join(directory, 'inputs.yaml')
  await writeFile(path, text)
  return optionsOf({ LOG_CONFIG: path })
}

describe('what is to be shipped', () => {
  test('is said by variables for one kind of files', () => {
    const options = optionsOf({ LOG_PATHS: '/var/log/a/*.log, /var/log/b.log', LOG_SERVICE: 'shop', LOG_FORMAT: 'nginx.access', LOG_HOST: 'h' })
    expect(options).toMatchObject({ host: 'h', once: false, stateDirectory: '/state', redaction: { tokens: true, cards: true, emails: true } })
    expect(options.inputs).toEqual([{ name: 'shop:/var/log/a/*.log', paths: ['/var/log/a/*.log', '/var/log/b.log'], exclude: [], service: 'shop', format: 'nginx.access', encoding: 'utf-8', multiline: null }])
  })

  test('is said by a file for several', async () => {
    const { inputs } = await withFile('inputs:\n  - paths: [/a/*.log]\n    service: a\n    multiline: { start: "^\\\\d{4}-" }\n  - name: other\n    paths: [/b.log]\n    exclude: [/b.log.gz]\n    service: b\n    format: syslog\n    encoding: latin1\n    multiline: { continuation: "^\\\\s", timeout_ms: 500, max_lines: 20 }\n')
    expect(inputs.map(({ name, encoding, format }) => [name, encoding, format])).toEqual([['a:/a/*.log', 'utf-8', 'auto'], ['other', 'latin1', 'syslog']])
    expect(inputs[0]?.multiline).toEqual({ kind: 'start', pattern: /^\d{4}-/, timeoutMs: 2_000, maxLines: 500 })
    expect(inputs[1]?.multiline).toEqual({ kind: 'continuation', pattern: /^\s/, timeoutMs: 500, maxLines: 20 })
  })

  test('may be JSON', async () => {
    expect((await withFile('{"inputs":[{"paths":["/a.log"],"service":"a"}]}')).inputs).toHaveLength(1)
  })

  test.each([
    ['a field that is not known', 'inputs: [{ paths: [/a], service: a, colour: red }]', 'colour'],
    ['a pattern that is not absolute', 'inputs: [{ paths: [a.log], service: a }]', 'inputs.0.paths.0: must be an absolute path or pattern'],
    ['a service that is missing', 'inputs: [{ paths: [/a] }]', 'inputs.0.service'],
    ['an expression that is none', 'inputs: [{ paths: [/a], service: a, multiline: { start: "(" } }]', 'inputs.0.multiline.start: is no regular expression'],
    ['two rules for lines at once', 'inputs: [{ paths: [/a], service: a, multiline: { start: a, continuation: b } }]', 'must have either start or continuation'],
    ['two inputs of one name', 'inputs: [{ paths: [/a], service: a }, { paths: [/a], service: a }]', 'two are named a:/a'],
    ['no inputs', 'inputs: []', 'inputs'],
    ['what is no YAML', 'inputs: [', 'cannot be read'],
  ])('is refused with the field named: %s', async (_, text, message) => {
    await expect(withFile(text)).rejects.toMatchObject({ code: 'LOG_CONFIG_INVALID', message: expect.stringContaining(message) })
  })

  test.each([
    [{}, 'LOG_PATHS is missing'],
    [{ LOG_PATHS: '/a' }, 'LOG_SERVICE is missing'],
    [{ LOG_PATHS: '/a', LOG_SERVICE: 's', LOG_REDACT: 'names' }, 'LOG_REDACT must be none, or some of tokens, cards, emails'],
    [{ LOG_PATHS: '/a', LOG_SERVICE: 's', LOG_STATE_DIR: '' }, 'LOG_STATE_DIR is missing'],
    [{ LOG_PATHS: '/a', LOG_SERVICE: 's', LOG_MAX_LINE_BYTES: '400000' }, 'LOG_MAX_LINE_BYTES is too big'],
    [{ LOG_CONFIG: '/nowhere.yaml' }, 'LOG_CONFIG /nowhere.yaml cannot be read'],
  ])('%j is refused: %s', (env, message) => {
    expect(() => optionsOf(env)).toThrow(message)
  })

  test('may be shipped as it is', () => {
    expect(optionsOf({ LOG_PATHS: '/a', LOG_SERVICE: 's', LOG_REDACT: 'none' }).redaction).toEqual({ tokens: false, cards: false, emails: false })
    expect(optionsOf({ LOG_PATHS: '/a', LOG_SERVICE: 's', LOG_REDACT: 'cards' }).redaction).toEqual({ tokens: false, cards: true, emails: false })
  })
})
