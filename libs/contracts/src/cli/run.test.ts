import { afterEach, describe, expect, test, vi } from 'vitest'
import { registerConfig } from './config.js'
import { run } from './run.js'

async function ran(...args: string[]): Promise<{ code: number; out: string[]; err: string[] }> {
  const out: string[] = []
  const err: string[] = []
  const code = await run(args, { out: (line) => out.push(line), err: (line) => err.push(line) })
  return { code, out, err }
}

afterEach(() => void vi.unstubAllEnvs())

describe('contracts', () => {
  test('check exits with 0 here: every promise holds', async () => {
    expect(await ran('check')).toMatchObject({ code: 0, err: [] })
  })

  test('--json puts one object on the last line of standard output, and everything else on standard error', async () => {
    const { code, out, err } = await ran('check', '--json')
    expect(code).toBe(0)
    expect(out).toHaveLength(1)
    expect(JSON.parse(out[0] ?? '')).toMatchObject({ command: 'check', broken: [], schemas: 24 })
    expect(err.at(-1)).toMatch(/^24 schemas/)
  })

  test('--help tells the commands, the environment and the exit codes', async () => {
    const { code, out } = await ran('--help')
    expect(code).toBe(0)
    for (const word of ['check', 'generate', 'docs', 'release', 'register', 'SCHEMA_REGISTRY_URL', 'Exit code']) expect(out.join('\n')).toContain(word)
  })

  test.each([
    ['no command', [], 'a command is missing'],
    ['an unknown command', ['chekc'], 'no such command: chekc'],
    ['an unknown option', ['check', '--jsno'], '--jsno'],
    ['names where none are taken', ['check', 'card'], 'check takes no names: card'],
    ['an unknown schema', ['release', 'crad'], 'no schema is named crad'],
  ])('%s is a wrong use: 2', async (_, args, message) => {
    const { code, out, err } = await ran(...args)
    expect(code).toBe(2)
    expect(out).toEqual([])
    expect(err.join('\n')).toContain(message)
  })

  test('register without an address is a wrong use, and says what to set', async () => {
    vi.stubEnv('SCHEMA_REGISTRY_URL', '')
    expect(await ran('register')).toMatchObject({ code: 2, err: [expect.stringContaining('SCHEMA_REGISTRY_URL is not set')] })
  })

  test('register at an address where nothing answers breaks its promise: 1, with the reason in the object', async () => {
    vi.stubEnv('SCHEMA_REGISTRY_URL', 'http://127.0.0.1:1')
    const { code, out } = await ran('register', '--json')
    expect(code).toBe(1)
    expect(JSON.parse(out.at(-1) ?? '')).toMatchObject({ broken: [{ rule: 'REGISTRY_UNAVAILABLE' }] })
  })
})

describe('the environment of register', () => {
  test('has a registry, and may have a namespace and credentials', () => {
    expect(registerConfig({ SCHEMA_REGISTRY_URL: 'http://a/b' })).toEqual({ url: 'http://a/b', namespace: '' })
    expect(registerConfig({ SCHEMA_REGISTRY_URL: 'https://a', KAFKA_NAMESPACE: 't1.', SCHEMA_REGISTRY_USERNAME: 'u', SCHEMA_REGISTRY_PASSWORD: 'p' })).toEqual({
      url: 'https://a',
      namespace: 't1.',
      username: 'u',
      password: 'p',
    })
  })

  test.each(['localhost:8081', 'ftp://a'])('%s is no address', (url) => {
    expect(() => registerConfig({ SCHEMA_REGISTRY_URL: url })).toThrow('not an http or https address')
  })
})
