import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

async function stack(args: string[], env: NodeJS.ProcessEnv): Promise<{ code: number; errors: string; output: string }> {
  const path = (file: string): string => fileURLToPath(new URL(file, import.meta.url))
  const main = spawn(process.execPath, ['--import', path('../src/from-source.ts'), path('../src/main.ts'), ...args], { env })
  const [errors, output, [code]] = await Promise.all([text(main.stderr), text(main.stdout), once(main, 'exit')])
  return { code: code as number, errors: errors.replace(/^stopping\n/m, ''), output }
}

describe('npm run stack', () => {
  it('says in one sentence what to do on a machine without Java, and ends with exit code 1', async () => {
    const { code, errors, output } = await stack(['--servers', 'kafka'], { PATH: '' })
    expect(errors).toMatch(/^Java is needed for Kafka and the schema registry, and not found on the PATH: install a JDK 17 [^\n]*\.\n$/)
    expect(code).toBe(1)
    expect(output).toBe('')
  })

  it('names the servers there are when asked for another', async () => {
    const { code, errors } = await stack(['--servers', 'kafka,mysql'], process.env)
    expect(errors).toBe('there is no server mysql: choose from kafka, registry, postgres, mailbox, twilio, kafka-1, kafka-2, kafka-3, kafka-secured, mariadb, elasticsearch, connect\n')
    expect(code).toBe(2)
  })

  it('shows its usage on an option it does not have, with exit code 2', async () => {
    const { code, errors } = await stack(['--server', 'kafka'], process.env)
    expect(errors).toMatch(/--server[^]*npm run stack \[-- --servers/)
    expect(code).toBe(2)
  })
})
