import { afterEach, describe, expect, test, vi } from 'vitest'
import { commandConfig } from './config.js'
import { run } from './run.js'

async function ran(...args: string[]): Promise<{ code: number; out: string[]; err: string[] }> {
  const out: string[] = []
  const err: string[] = []
  const code = await run(args, { out: (line) => out.push(line), err: (line) => err.push(line) })
  return { code, out, err }
}

afterEach(() => void vi.unstubAllEnvs())

describe('topics', () => {
  test('--help tells the command, the environment and the exit codes', async () => {
    const { code, out } = await ran('--help')
    expect(code).toBe(0)
    for (const word of ['create', '--replicas', 'read', '--key', '--from', '--max', '--reveal', 'KAFKA_BROKERS', 'KAFKA_NAMESPACE', 'Exit code']) expect(out.join('\n')).toContain(word)
  })

  test.each([
    ['no command', [], 'a command is missing'],
    ['an unknown command', ['make'], 'no such command: make'],
    ['an unknown option', ['create', '--replica', '1'], '--replica'],
    ['names', ['create', 'cards', '--replicas', '1'], 'create takes no names: cards'],
    ['no number of replicas', ['create'], '--replicas is missing'],
    ['no replica at all', ['create', '--replicas', '0'], '--replicas takes a whole number from 1 to 999, not 0'],
    ['an option of another command', ['create', '--replicas', '1', '--key', 'c1'], 'create takes no --key'],
    ['no topic', ['read'], 'read takes one topic'],
    ['two topics', ['read', 'cards', 'customers'], 'read takes one topic'],
    ['a time without its offset', ['read', 'cards', '--from', '2026-01-05T10:00:00'], '--from takes a time such as'],
    ['a fraction of one', ['create', '--replicas', '1.5'], 'not 1.5'],
  ])('%s is a wrong use: 2', async (_, args, message) => {
    const { code, out, err } = await ran(...args)
    expect(code).toBe(2)
    expect(out).toEqual([])
    expect(err.join('\n')).toContain(message)
  })

  test('without brokers it is a wrong use, and says what to set', async () => {
    vi.stubEnv('KAFKA_BROKERS', '')
    expect(await ran('create', '--replicas', '1', '--json')).toMatchObject({ code: 2, out: [], err: [expect.stringContaining('KAFKA_BROKERS is missing')] })
  })
})

test('the environment needs brokers, and no registry', () => {
  expect(commandConfig({ KAFKA_BROKERS: 'a:9092,b:9092', KAFKA_NAMESPACE: 't1.' })).toEqual({
    KAFKA_BROKERS: ['a:9092', 'b:9092'],
    KAFKA_CLIENT: 'platformatic',
    KAFKA_TLS: false,
    KAFKA_COMPRESSION: 'none',
    KAFKA_NAMESPACE: 't1.',
  })
})
