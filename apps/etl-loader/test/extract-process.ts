import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const command = fileURLToPath(new URL('../dist/cli/etl.js', import.meta.url))

/** `etl extract` in a process of its own, when it has taken up this table. @throws as `etlProcess` */
export function extractProcess(env: Readonly<Record<string, string>>, table: string): Promise<ChildProcess> {
  return etlProcess(env, ['extract'], table)
}

/**
 * A command that extracts in a process of its own, when it has taken up this table.
 *
 * @throws Error with what it has said, when it ends instead
 */
export async function etlProcess(env: Readonly<Record<string, string>>, args: readonly string[], table: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [command, ...args], { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] })
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stderr })) {
    lines.push(line)
    if (line.startsWith('extracting: ') && line.includes(`.${table} mode=`)) {
      child.stderr.resume()
      return child
    }
  }
  throw new Error(`the command ended:\n${lines.join('\n')}`)
}
