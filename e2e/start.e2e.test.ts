import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { mariadbRunsHere } from '@swipestream/stack'
import { expect, it } from 'vitest'

const main = fileURLToPath(new URL('../demo/dist/main.js', import.meta.url))

/** Runs the launcher as `npm start` does, on servers of its own. */
async function launch(args: string[], onLine: (line: string, interrupt: () => void) => void = () => undefined) {
  const names = ['KAFKA_BROKERS', 'SCHEMA_REGISTRY_URL', 'POSTGRES_URL', 'SMTP_URL', 'MAILBOX_URL', 'TWILIO_API_URL', 'TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'TWILIO_FROM', 'MYSQL_URL']
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !names.includes(name)))
  const child = spawn(process.execPath, ['--enable-source-maps', main, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
    for (const line of text.split('\n')) onLine(line, () => child.kill('SIGINT'))
  })
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { code, stdout, stderr }
}

it('plays the story, keeps every promise, and says so in one JSON object', async () => {
  const { code, stdout, stderr } = await launch(['--once', '--json', '--swipes', '100'])
  expect(code, stderr).toBe(0)
  const summary = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Record<string, number>
  expect(summary).toMatchObject({ swipes: 111, decisions: 111, refused: 0, broken: [] })
  expect(summary['alerts']).toBeGreaterThanOrEqual(4)
  // Each alert is an e-mail; what is critical, and the answer's confirmation, are SMS.
  expect(summary['emails']).toBeGreaterThanOrEqual(4)
  expect(summary['sms']).toBeGreaterThanOrEqual(4)
  expect(summary['firstAlertMs']).toBeGreaterThan(0)
  // An outage is seen in the access log; the people on call know when it begins and when it is over.
  const { unanswered, toldMs, overMs } = summary['outage'] as unknown as Record<string, number>
  expect(unanswered).toBeGreaterThanOrEqual(5)
  expect(toldMs).toBeLessThan(15_000)
  expect(overMs).toBeGreaterThan(0)
  expect(stderr).toContain('e-mail to on-call@bank.example')
  // The warehouse has what the services have said, by its own account.
  if (mariadbRunsHere) expect(summary['warehouse']).toMatchObject({ decisions: 111 })
  else expect(summary['warehouse']).toBeNull()
  expect(stderr).toContain(mariadbRunsHere ? 'the warehouse, when asked: 111 decisions' : 'MariaDB has no programs for')
  expect(stderr).toContain('Singapore')
  expect(stderr).toMatch(/km\/h, faster than any journey/)
  expect(stderr).toContain('e-mail to anna.becker')
  expect(stderr).toContain('SMS to +49')
  expect(stderr).toMatch(/SMS from \+49\d+: NEIN/)
  expect(stderr).toMatch(/the card is blocked\. .* declined/)
})

it('takes transactions from a file, and ends in order on Ctrl-C', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'swipes-'))
  const file = join(folder, 'rows.csv')
  const rows = Array.from({ length: 40 }, (_, i) => `${i},2018-04-01T00:${10 + i}:31Z,${i % 7},${i % 5},${i === 11 ? '0.00' : `${i + 1}.16`},0,0`)
  writeFileSync(file, ['transaction_id,occurred_at,customer_id,terminal_id,amount,is_fraud,fraud_scenario', ...rows, ''].join('\n'))
  const { code, stdout, stderr } = await launch(['--json', '--input', file], (line, interrupt) => {
    if (line.includes('Traffic goes on')) interrupt()
  })
  rmSync(folder, { recursive: true })
  expect(code, stderr).toBe(0)
  expect(JSON.parse(stdout.trimEnd())).toMatchObject({ swipes: 39, refused: 1, decisions: 39, broken: [] })
  expect(stderr).toContain('Stopping')
})
