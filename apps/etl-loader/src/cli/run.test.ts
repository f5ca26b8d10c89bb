import { describe, expect, test } from 'vitest'
import { run } from './run.js'

async function ran(...args: string[]): Promise<{ code: number; said: string }> {
  const lines: string[] = []
  const code = await run(args, process.env, { out: (line) => void lines.push(line), err: (line) => void lines.push(line) })
  return { code, said: lines.join('\n') }
}

describe('npm run etl', () => {
  test('tells what it can do', async () => {
    const { code, said } = await ran('extract', '--help')
    expect(code).toBe(0)
    for (const option of ['--source', '--tables', '--config', '--once', '--json']) expect(said).toContain(option)
  })

  test.each<[string, string[], RegExp]>([
    ['no command', [], /a command is missing/],
    ['an unknown command', ['extrakt'], /no such command: extrakt/],
    ['names', ['extract', 'customers'], /takes no names: customers/],
    ['a source that is no database', ['extract', '--source', 'postgres://x/y'], /ETL_SOURCE_URL must be a valid url.*mysql:\/\//],
  ])('refuses %s as wrong use', async (_, args, words) => {
    const { code, said } = await ran(...args)
    expect(code).toBe(2)
    expect(said).toMatch(words)
  })
})
